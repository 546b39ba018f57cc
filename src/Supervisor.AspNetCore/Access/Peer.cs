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
    public static Peer Of(Socket? socket, uint? allowedGroup)
    {
        if (socket is null)
            return new(new AccessDecision.Denied("not allowed: the connection is not a unix socket, so nobody can tell who asks"));
        try
        {
            return new(PeerPolicy.Decide(PeerCredentials.Of(socket), Accounts.CurrentUser(), allowedGroup));
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

/// <summary>Who may act on the unix socket: root, the supervisor's own user and the members of one group.</summary>
internal static class PeerPolicy
{
    public static AccessDecision Decide(PeerCredentials peer, uint ownUser, uint? allowedGroup)
    {
        var user = Accounts.UserName(peer.UserId) is { } name ? $"uid {peer.UserId} ({name})" : $"uid {peer.UserId}";
        if (peer.UserId == 0 || peer.UserId == ownUser || (allowedGroup is { } group && peer.IsMember(group)))
            return new AccessDecision.Allowed(new Caller($"{user}, pid {peer.Pid}"));

        var allowed = new List<string> { "root" };
        if (ownUser != 0)
            allowed.Add(Accounts.UserName(ownUser) ?? $"uid {ownUser}");
        allowed.Add(allowedGroup switch
        {
            null => "nobody else, since no group is configured (vmsup.socket.group)",
            { } id => $"members of group {Accounts.GroupName(id) ?? $"gid {id}"}",
        });
        return new AccessDecision.Denied($"not allowed: found {user}, allowed: {string.Join(", ", allowed)}");
    }
}
