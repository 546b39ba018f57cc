using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;
using VmSupervisor.Qemu;

namespace VmSupervisor.TestKit;

/// <summary>
/// Live migrations in virtual time, between nodes that share a wire, with QEMU's order of steps: <c>setup</c>,
/// <c>active</c>, the guest stops, <c>pre-switchover</c>, <c>device</c>, the target has <c>completed</c>, then the source.
/// </summary>
internal sealed partial class SimulatedMigrations(SimulatedHypervisor hypervisor, TimeProvider time, SimulatedWire wire) : IMigrations
{
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(10);

    /// <summary>How long the memory takes.</summary>
    public TimeSpan Takes { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>From the switch-over to the target's end, and from there to the source's.</summary>
    public TimeSpan SwitchTakes { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Whether the way back is lost after the switch-over: the target has all of it, the source fails and goes on.</summary>
    public bool ReturnPathLost { get; set; }

    /// <summary>Whether nothing arrives any more: it stays active, and a cancel ends as failed.</summary>
    public bool BlackHole { get; set; }

    public Task<string?> WhyNotHereAsync(VmDefinition definition, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    public Task<Accelerator?> AcceleratorAsync(ProcessKey key, CancellationToken cancellationToken) => Task.FromResult<Accelerator?>(Accelerator.Tcg);

    public Task<MonitorResult> BeginAsync(ProcessKey key, MigrationRequest request, CancellationToken cancellationToken) => WithAsync(key, end =>
    {
        if (!request.IsNew && (!end.IsOver || (end.Status == "completed" && end.Process.Guest == GuestState.Paused)))
            return null;
        if (!end.IsOver)
            return "QEMU refused: There's a migration process in progress";
        (end.Status, end.Peer, end.Postcopy, end.Error) = ("setup", wire.Find(request.To), false, "QEMU does not say why");
        end.Attempt++;
        if (end.Peer is null)
            Fail(end, $"Failed to connect to '{request.To.Uri}': Connection refused");
        else
            After(Turn, end, "setup", () => Activate(end));
        return null;
    }, cancellationToken);

    public async Task<MigrationStage> FollowAsync(ProcessKey key, MigrationStage? known, Action<MigrationProgress> progress, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (process, trouble) = await hypervisor.AnswerAsync(key, cancellationToken);
            if (process is null)
                return new MigrationStage.Unreachable(trouble!.Reason);
            var end = wire.Of(process);
            Notice(end);
            if (Stage(end) is { } stage && stage.GetType() != known?.GetType())
                return stage;
            progress(new(0, 1 << 20, 1 << 20, 1));
            await Task.Delay(Turn, time, cancellationToken);
        }
    }

    public Task<MonitorResult> SwitchOverAsync(ProcessKey key, CancellationToken cancellationToken) => WithAsync(key, end =>
    {
        if (end.Status is "device" or "completed" || end.IsPostcopy)
            return null;
        if (end.Status != "pre-switchover")
            return $"the migration is '{end.Status}' and not at the switch-over";
        end.Status = end.Postcopy ? "postcopy-active" : "device";
        After(SwitchTakes, end, end.Status, () => Switch(end));
        return null;
    }, cancellationToken);

    public Task<MonitorResult> TuneAsync(ProcessKey key, MigrationLimits limits, CancellationToken cancellationToken) =>
        WithAsync(key, _ => null, cancellationToken);

    public Task<MonitorResult> StartPostcopyAsync(ProcessKey key, CancellationToken cancellationToken) => WithAsync(key, end =>
    {
        if (end.IsOver)
            return "QEMU refused: Postcopy must be started after migration has been started";
        end.Postcopy = true;
        return null;
    }, cancellationToken);

    public Task<MonitorResult> RecoverAsync(ProcessKey key, MigrationAddress address, CancellationToken cancellationToken) => WithAsync(key, end =>
    {
        if (end.Status != "postcopy-paused")
            return end.IsPostcopy ? null : $"the migration is '{end.Status}': there is no post-copy to connect again";
        if (wire.Find(address) is not { Status: "postcopy-paused" } peer)
            return $"the post-copy could not be connected to {address.Uri} within 5 s";
        (end.Status, end.Peer, peer.Status) = ("postcopy-active", peer, "postcopy-active");
        After(Takes, end, "postcopy-active", () => Complete(end));
        return null;
    }, cancellationToken);

    public async Task<MigrationStage> CancelAsync(ProcessKey key, CancellationToken cancellationToken)
    {
        var (process, trouble) = await hypervisor.AnswerAsync(key, cancellationToken);
        if (process is null)
            return new MigrationStage.Unreachable(trouble!.Reason);
        var end = wire.Of(process);
        Notice(end);
        if (!end.IsOver && !end.IsPostcopy)
        {
            var loads = end.Status == "device" && !BlackHole;
            end.Status = BlackHole ? "failed" : "cancelled";
            Resume(end);

            // What the target has got by then is all: it may complete, and waits.
            if (!loads && end.Peer is { } peer)
                Abandon(peer);
        }

        return end.Status == "none" ? new MigrationStage.Cancelled() : Stage(end)!;
    }

    public async Task<ListenResult> ListenAsync(ProcessKey key, ListenRequest request, CancellationToken cancellationToken)
    {
        var (process, trouble) = await hypervisor.AnswerAsync(key, cancellationToken);
        if (process is null)
            return new ListenResult.Failed(trouble!.Reason, trouble.Unreachable);
        var end = wire.Of(process);
        return new ListenResult.Listening(end.At ?? wire.Listen(end));
    }

    public async Task<ListenResult> ListenAgainAsync(ProcessKey key, ListenPlace place, CancellationToken cancellationToken)
    {
        var (process, trouble) = await hypervisor.AnswerAsync(key, cancellationToken);
        if (process is null)
            return new ListenResult.Failed(trouble!.Reason, trouble.Unreachable);
        return wire.Of(process) is { Status: "postcopy-paused" } end
            ? new ListenResult.Listening(wire.Listen(end))
            : new ListenResult.Failed("QEMU refused: Migrate recover can only be run when postcopy is paused.", false);
    }

    public async Task<IncomingStage> FollowIncomingAsync(ProcessKey key, IncomingStage? known, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (process, trouble) = await hypervisor.AnswerAsync(key, cancellationToken);
            if (process is null)
            {
                return trouble!.Reason == "the monitor is closed"
                    ? new IncomingStage.Failed("QEMU ended: it said nothing")
                    : new IncomingStage.Unreachable(trouble.Reason);
            }

            IncomingStage? stage = wire.Of(process).Status switch
            {
                "completed" => new IncomingStage.Completed(),
                "postcopy-active" => new IncomingStage.PostcopyActive(),
                "postcopy-paused" => new IncomingStage.PostcopyPaused(),
                _ => null,
            };
            if (stage is not null && stage.GetType() != known?.GetType())
                return stage;
            await Task.Delay(Turn, time, cancellationToken);
        }
    }

    private static MigrationStage? Stage(SimulatedEnd end) => end.Status switch
    {
        "none" => new MigrationStage.Failed("QEMU knows nothing of a migration"),
        "pre-switchover" => new MigrationStage.PreSwitchover(),
        "postcopy-active" => new MigrationStage.PostcopyActive(),
        "postcopy-paused" => new MigrationStage.PostcopyPaused(),
        "completed" => new MigrationStage.Completed(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(10), 1 << 20),
        "failed" => new MigrationStage.Failed(end.Error),
        "cancelled" => new MigrationStage.Cancelled(),
        _ => null,
    };

    private async Task<MonitorResult> WithAsync(ProcessKey key, Func<SimulatedEnd, string?> run, CancellationToken cancellationToken)
    {
        var (process, trouble) = await hypervisor.AnswerAsync(key, cancellationToken);
        if (process is null)
            return trouble!;
        var end = wire.Of(process);
        Notice(end);
        return run(end) is { } refused ? new MonitorResult.Failed(refused, Unreachable: false) : new MonitorResult.Done();
    }
}
