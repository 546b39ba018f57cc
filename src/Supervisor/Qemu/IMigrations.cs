using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;

namespace VmSupervisor.Qemu;

/// <summary>
/// What the monitors of the two ends of a live migration are told, and what they say. It decides nothing: neither when to
/// switch over nor which side runs afterwards. None of the calls throws for trouble of QEMU or the host; each may be
/// repeated by another supervisor after this one was killed in the middle.
/// </summary>
/// <remarks>
/// Checked on 7.2, with the capabilities that are always set. What the source's machine is when it is over:
/// <list type="bullet">
/// <item><c>completed</c>: stopped (<c>postmigrate</c>), before copy or after. QEMU would continue it, and refuses to
/// migrate it again before that.</item>
/// <item><c>failed</c> or <c>cancelled</c> before the switch-over: as it was, a running guest was never stopped.</item>
/// <item><c>cancelled</c> at <c>pre-switchover</c> or in <c>device</c>, and <c>failed</c> in <c>device</c>: QEMU itself
/// continues a guest that ran. In <c>device</c> that says nothing of the target: one that was frozen came to
/// <c>completed</c>, paused, after its source had been cancelled and ran.</item>
/// <item><c>failed</c> where a post-copy begins (the target was gone): stopped (<c>postmigrate</c>); it can be
/// continued. The source has said <c>postcopy-active</c> before, and no target has run.</item>
/// <item><c>postcopy-paused</c>: stopped, and QEMU refuses to continue it.</item>
/// </list>
/// A target that freezes, or a network that does, at the switch-over can hang the source's whole monitor: what is left goes
/// out under the lock that the monitor needs, and once the socket's buffer is full neither a question nor a cancel is
/// answered (seen with 0.4 MB left, over a unix socket, in 2 of 4 tries). Only the connection's end frees it: when the
/// target was killed, the source failed and let its guest go on. Then these calls are unreachable; the caller has the
/// deadline.
/// The caller restores the run state by <see cref="IHypervisor.ContinueAsync"/>, which is fine on one that runs.
/// </remarks>
internal interface IMigrations
{
    /// <summary>
    /// Target: why a machine like this could not come here; one line for a person, null when nothing speaks against it. Nothing is
    /// begun.
    /// </summary>
    Task<string?> WhyNotHereAsync(VmDefinition definition, CancellationToken cancellationToken);

    /// <summary>Source: who executes the guest's instructions; null when QEMU does not say.</summary>
    Task<Accelerator?> AcceleratorAsync(ProcessKey key, CancellationToken cancellationToken);

    /// <summary>
    /// Source: sets capabilities and parameters, and begins to migrate. One that is under way, or has completed and left
    /// the machine stopped, is not begun again; after one that failed or was cancelled a new one begins.
    /// </summary>
    Task<MonitorResult> BeginAsync(ProcessKey key, MigrationRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Source: returns at the next stage that needs a decision, or at once where it stands at one. Follows what a former
    /// supervisor began just as well, also when it has ended.
    /// </summary>
    /// <param name="key">The life.</param>
    /// <param name="known">The stage that the caller has dealt with: the one after it is waited for. Null for none.</param>
    /// <param name="progress">At most twice a second, and once at the end.</param>
    /// <param name="cancellationToken">Gives up following; the migration goes on.</param>
    Task<MigrationStage> FollowAsync(ProcessKey key, MigrationStage? known, Action<MigrationProgress> progress, CancellationToken cancellationToken);

    /// <summary>
    /// Source: goes on from <see cref="MigrationStage.PreSwitchover"/>. Done when QEMU has left that stage, whoever let it.
    /// </summary>
    Task<MonitorResult> SwitchOverAsync(ProcessKey key, CancellationToken cancellationToken);

    /// <summary>Source: changes limits while it runs.</summary>
    Task<MonitorResult> TuneAsync(ProcessKey key, MigrationLimits limits, CancellationToken cancellationToken);

    /// <summary>
    /// Source: lets the guest change over now and its memory follow. The stages are <see cref="MigrationStage.PreSwitchover"/>,
    /// as always, and after the switch-over <see cref="MigrationStage.PostcopyActive"/>. May be repeated.
    /// </summary>
    Task<MonitorResult> StartPostcopyAsync(ProcessKey key, CancellationToken cancellationToken);

    /// <summary>
    /// Source: connects a post-copy that lost its connection to where the target listens again
    /// (<see cref="ListenAgainAsync"/>). Fails when that has not come about within the deadline of a monitor command; 7.2
    /// does not say why.
    /// </summary>
    Task<MonitorResult> RecoverAsync(ProcessKey key, MigrationAddress address, CancellationToken cancellationToken);

    /// <summary>
    /// Source: cancels, and returns when it is over: cancelled, failed (after a black hole; or because 7.2 shuts the
    /// connection down before it notes that it cancels, and a write saw that in between) or completed after all; or
    /// unreachable. Never in post-copy, which would ruin both sides: then it does nothing and returns that stage. Fine when
    /// there is none. It waits as long as it takes: 7.2 ends the waiting for a peer by closing the connection.
    /// </summary>
    Task<MigrationStage> CancelAsync(ProcessKey key, CancellationToken cancellationToken);

    /// <summary>
    /// Target, launched with <see cref="LaunchRequest.Incoming"/>: sets capabilities and parameters, and listens. One that
    /// listens already, or has begun to load, says where that is or was. An address that is not of this host and a range of
    /// which every port is taken are failures; another may be tried.
    /// </summary>
    Task<ListenResult> ListenAsync(ProcessKey key, ListenRequest request, CancellationToken cancellationToken);

    /// <summary>Target: listens again, in a post-copy that lost its connection; the last one that was asked for counts.</summary>
    Task<ListenResult> ListenAgainAsync(ProcessKey key, ListenPlace place, CancellationToken cancellationToken);

    /// <summary>
    /// Target: returns when it has loaded all, when it never will, or where a post-copy lets it run. It never runs by
    /// itself. Without a connection it waits for ever.
    /// </summary>
    /// <param name="key">The life.</param>
    /// <param name="known">The stage that the caller has dealt with: the one after it is waited for. Null for none.</param>
    /// <param name="cancellationToken">Gives up following.</param>
    Task<IncomingStage> FollowIncomingAsync(ProcessKey key, IncomingStage? known, CancellationToken cancellationToken);
}
