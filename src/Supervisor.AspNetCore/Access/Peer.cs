using System.Net.Sockets;
using VmSupervisor.Contracts;
using VmSupervisor.Linux;

namespace VmSupervisor.AspNetCore.Access;

/// <summary>Who is at the other end of a connection and what was decided about it, once for all its requests.</summary>
/// <param name="Decision">May it act?</param>
internal sealed record Peer(AccessDecision Decision)
{
    /// <summary>
    /// Decides about a connection by what the kernel noted when it was made. The process may have passed the socket on
    /// or be gone since; whoever was let in is answerable for that.
    /// </summary>
    public static Peer Of(Socket? socket, IReadOnlyCollection<AccessRule> rules)
    {
        if (socket is null)
            return new(new AccessDecision.Denied("not allowed: the connection is not a unix socket, so nobody can tell who asks"));
        try
        {
            return new(PeerPolicy.Decide(PeerCredentials.Of(socket), Accounts.CurrentUser(), rules));
        }
        catch (ObjectDisposedException)
        {
            return new(new AccessDecision.Denied("not allowed: the connection is closed, so nobody can tell who asked"));
        }
        catch (SocketException e)
        {
            return new(new AccessDecision.Denied($"not allowed: the kernel does not say who asks: {e.Message}"));
        }
    }
}

/// <summary>
/// Who may do what on the unix socket: root and the supervisor's own user everything, others what the rules grant them by
/// their user or by any of their groups.
/// </summary>
internal static class PeerPolicy
{
    public static AccessDecision Decide(PeerCredentials peer, uint ownUser, IReadOnlyCollection<AccessRule> rules)
    {
        var user = Accounts.UserName(peer.UserId) is { } name ? $"uid {peer.UserId} ({name})" : $"uid {peer.UserId}";
        var caller = new Caller($"{user}, pid {peer.Pid}");
        if (peer.UserId == 0 || peer.UserId == ownUser)
            return new AccessDecision.Allowed(Identity.Admin(caller) with { Key = user });
        var grants = rules.Where(rule => IsMeant(rule.Who, peer)).Select(rule => rule.Grant).ToValueList();
        return grants.Count > 0
            ? new AccessDecision.Allowed(new Identity(caller, grants) { Key = user })
            : new AccessDecision.Denied($"not allowed: found {user}, allowed: {string.Join(", ", Allowed(ownUser, rules))}") { By = caller.Name, Key = user };
    }

    private static bool IsMeant(Principal who, PeerCredentials peer) => who switch
    {
        Principal.User user => user.Id == peer.UserId,
        Principal.Group group => peer.IsMember(group.Id),
        _ => false,
    };

    private static IEnumerable<string> Allowed(uint ownUser, IReadOnlyCollection<AccessRule> rules)
    {
        yield return "root";
        if (ownUser != 0)
            yield return Accounts.UserName(ownUser) ?? $"uid {ownUser}";
        var others = rules.Select(rule => rule.Who).Distinct().Select(Describe).OfType<string>().ToArray();
        foreach (var other in others)
            yield return other;
        if (others.Length == 0)
            yield return "nobody else, since none is configured (vmsup.socket.group, vmsup.access)";
    }

    private static string? Describe(Principal who) => who switch
    {
        Principal.User user => Accounts.UserName(user.Id) ?? $"uid {user.Id}",
        Principal.Group group => $"members of group {Accounts.GroupName(group.Id) ?? $"gid {group.Id}"}",
        _ => null,
    };
}
