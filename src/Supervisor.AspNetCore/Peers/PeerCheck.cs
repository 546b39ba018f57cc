using VmSupervisor.Doctor;
using VmSupervisor.Migration.Connections;

namespace VmSupervisor.AspNetCore.Peers;

/// <summary>Whether every configured peer is connected.</summary>
internal sealed class PeerCheck(PeerTable peers) : ICheck
{
    public string Name => "peers";

    public Task<Finding> LookAsync(CancellationToken cancellationToken)
    {
        if (peers.All.Count == 0)
            return Task.FromResult(Finding.Ok("none configured"));
        var missing = (from peer in peers.All
                       where peer.Dialed is null
                       let status = peers.Known(peer.Name)!.Status
                       select $"{peer.Name} ({peer.Address}) cannot be reached: {status.LastError ?? "not tried yet"}").ToArray();
        return Task.FromResult(missing.Length == 0
            ? Finding.Ok($"{peers.All.Count} connected: {string.Join(", ", peers.All.Select(peer => peer.Name))}")
            : Finding.Warning(Finding.Several(missing), "does its vmsupd run, and is it reached there? vmsup node ping NAME tries again; its log tells what it refuses"));
    }
}
