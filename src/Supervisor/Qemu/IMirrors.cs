using VmSupervisor.Domain;

namespace VmSupervisor.Qemu;

/// <summary>
/// Disks that go with their guest: the target exports its images over NBD, the source mirrors its own onto them while the
/// guest writes, until the switch-over. It decides nothing. None of the calls throws for trouble of QEMU or the host; each may
/// be repeated by another supervisor after this one was killed in the middle.
/// </summary>
/// <remarks>
/// The order, checked on 7.2: the target is launched with <see cref="LaunchRequest.Incoming"/>, exports, and listens for the
/// memory; the source mirrors; all mirrors <see cref="MirrorStage.Ready"/>; the source migrates; at
/// <see cref="MigrationStage.PreSwitchover"/>, with the guest stopped, <see cref="CompleteAsync"/>; then the switch-over; the
/// target has loaded all; <see cref="StopExportsAsync"/>; then it may run.
/// <list type="bullet">
/// <item>Images of a QEMU with <c>late-block-activate</c> that waits for its guest are inactive; the export activates its own,
/// before anything has come, and takes its locks.</item>
/// <item>The exports must end before the target runs. With an export open, <c>cont</c> says that all is well, and the guest
/// runs with disks it has no permission to write to; only QEMU's log says so.</item>
/// <item>The mirrors must end before the switch-over, and after the guest has stopped.</item>
/// <item>What the source's image has not allocated or is zero takes no space in the target's, qcow2 or raw.</item>
/// <item>A target that dies fails the mirrors at once ("Input/output error"), and the guest goes on.</item>
/// <item>A target that freezes, or a network that does, is not seen: jobs stand still, and QEMU answers, until something
/// waits for the disks: <c>stop</c>, the migration's own stop of the guest, or a cancel of a mirror of
/// <see cref="MirrorRequest.Synchronous"/>. Then the whole monitor hangs, and neither <c>quit</c> nor SIGTERM ends QEMU. What
/// frees it is the connection's end, and <see cref="CancelAsync"/> ends it by a command that needs neither the main loop nor
/// the peer (<c>yank</c>, out of band): within 10 ms also where <c>stop</c> hung. So cancel early: behind eight unanswered
/// commands QEMU does not read that one either. A unix socket whose buffer is full (in the middle of the copy) wakes nobody
/// when it is shut down; there, whoever carries the connection must close it.</item>
/// </list>
/// </remarks>
internal interface IMirrors
{
    /// <summary>
    /// Target, before it listens for the memory: exports disks for writing, each under a name of the session's. What is
    /// exported already says where. An address that is not of this host and a range of which every port is taken are
    /// failures, which leave nothing.
    /// </summary>
    Task<ExportResult> ExportAsync(ProcessKey key, ExportRequest request, CancellationToken cancellationToken);

    /// <summary>Target: ends all exports, with their connections; fine when there are none. Before it may run.</summary>
    Task<MonitorResult> StopExportsAsync(ProcessKey key, CancellationToken cancellationToken);

    /// <summary>Source: how large its disks are, for whoever makes the images they are mirrored onto.</summary>
    Task<DiskSizes> SizesAsync(ProcessKey key, CancellationToken cancellationToken);

    /// <summary>
    /// Source: connects to the target and begins to mirror. Mirrors of this session that exist already are the begun ones,
    /// also those that have ended. When it fails, everything it made is undone; only an unreachable monitor can prevent
    /// that. A target that does not answer holds up the guest for <see cref="MirrorRequest.ConnectsWithin"/>.
    /// </summary>
    Task<MonitorResult> BeginAsync(ProcessKey key, MirrorRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Source: returns at the next stage, or at once where it stands at one. A target that freezes leaves it where it is:
    /// the caller has the deadline.
    /// </summary>
    /// <param name="key">The life.</param>
    /// <param name="request">As it was begun.</param>
    /// <param name="known">The stage that the caller has dealt with: the one after it is waited for. Null for none.</param>
    /// <param name="progress">At most twice a second, and once at the end.</param>
    /// <param name="cancellationToken">Gives up following; the mirrors go on.</param>
    Task<MirrorStage> FollowAsync(ProcessKey key, MirrorRequest request, MirrorStage? known, Action<MirrorProgress> progress, CancellationToken cancellationToken);

    /// <summary>Source: changes the speed over all disks while it runs.</summary>
    /// <param name="key">The life.</param>
    /// <param name="request">As it was begun.</param>
    /// <param name="bytesPerSecond">The limit; null for none.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    Task<MonitorResult> TuneAsync(ProcessKey key, MirrorRequest request, long? bytesPerSecond, CancellationToken cancellationToken);

    /// <summary>
    /// Source, with the guest stopped at the switch-over: ends mirrors that are all <see cref="MirrorStage.Ready"/>, and
    /// returns <see cref="MirrorStage.Completed"/> when the target has all of every disk on disk and the connections are
    /// closed; anything else is no reason to switch over. A mirror that is not ready is not touched: <see cref="MirrorStage.Failed"/>.
    /// It takes as long as the target's disks take to write what they have cached; the caller has the deadline.
    /// </summary>
    Task<MirrorStage> CompleteAsync(ProcessKey key, MirrorRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Source: gives up, and returns when QEMU has no job or connection of it any more, completed ones included; fine when
    /// there are none. It does not ask the target, dead, frozen or well. It waits as long as it takes.
    /// </summary>
    Task<MonitorResult> CancelAsync(ProcessKey key, MirrorRequest request, CancellationToken cancellationToken);
}
