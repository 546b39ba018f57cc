using VmSupervisor.Contracts;
using VmSupervisor.Domain;

namespace VmSupervisor.Migration;

/// <summary>This node's VMs, as other nodes that send or have sent them see them. Whoever asks is the other node of the session.</summary>
internal interface IMigrationVms
{
    /// <summary>Whether a VM could come, and the highest incarnation of it that this node has seen.</summary>
    Task<CheckAnswer> CheckAsync(Offer offer, CancellationToken cancellationToken);

    /// <summary>
    /// Makes room for a VM, and returns when its QEMU listens, or why it never will. Asked again about the same session, it
    /// does nothing more.
    /// </summary>
    Task<PrepareAnswer> PrepareAsync(MigrationSession session, Offer offer, MigrationPlan plan, bool wasRunning, CancellationToken cancellationToken);

    /// <summary>Hears what the source of a session says, and returns what is known of the session afterwards; null while nothing is decided.</summary>
    /// <exception cref="PeerRefusalException">It cannot be heard now.</exception>
    Task<SessionVerdict?> HearAsync(VmId vm, PeerNote note, CancellationToken cancellationToken);

    /// <summary>Whether this node, the source, leaves it to the target of a session to run the VM.</summary>
    Task<bool> WaitsAsync(VmId vm, MigrationSession session, CancellationToken cancellationToken);
}
