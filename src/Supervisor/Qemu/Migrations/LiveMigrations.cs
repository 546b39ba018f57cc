using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;
using VmSupervisor.Qemu.Launch;
using VmSupervisor.Qemu.Monitor;
using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Qemu.Migrations;

/// <summary>Live migrations by QEMU's own means.</summary>
internal sealed class LiveMigrations(IncarnationHandles lives, HypervisorOptions options, ArrivalCheck arrivals, TimeProvider time) : IMigrations
{
    /// <inheritdoc/>
    public Task<string?> WhyNotHereAsync(VmDefinition definition, CancellationToken cancellationToken) => arrivals.WhyNotAsync(definition, cancellationToken);

    /// <inheritdoc/>
    public async Task<Accelerator?> AcceleratorAsync(ProcessKey key, CancellationToken cancellationToken)
    {
        using var session = Session(key);
        try
        {
            return (await session.Monitor.AskAsync(QmpCommands.QueryKvm, cancellationToken)).Enabled ? Accelerator.Kvm : Accelerator.Tcg;
        }
        catch (MonitorTrouble)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public Task<MonitorResult> BeginAsync(ProcessKey key, MigrationRequest request, CancellationToken cancellationToken) =>
        TryAsync(key, session => MigrationStart.BeginAsync(session, request, cancellationToken));

    /// <inheritdoc/>
    public async Task<MigrationStage> FollowAsync(ProcessKey key, MigrationStage? known, Action<MigrationProgress> progress, CancellationToken cancellationToken)
    {
        using var session = Session(key);
        return await new MigrationFollower(session, progress).RunAsync(known, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<MonitorResult> SwitchOverAsync(ProcessKey key, CancellationToken cancellationToken) =>
        TryAsync(key, session => MigrationSteps.SwitchOverAsync(session, cancellationToken));

    /// <inheritdoc/>
    public Task<MonitorResult> TuneAsync(ProcessKey key, MigrationLimits limits, CancellationToken cancellationToken) =>
        TryAsync(key, session => session.Monitor.AskAsync(LiveCommands.Limits(limits), cancellationToken));

    /// <inheritdoc/>
    public Task<MonitorResult> StartPostcopyAsync(ProcessKey key, CancellationToken cancellationToken) =>
        TryAsync(key, session => session.Monitor.AskAsync(LiveCommands.StartPostcopy, cancellationToken));

    /// <inheritdoc/>
    public Task<MonitorResult> RecoverAsync(ProcessKey key, MigrationAddress address, CancellationToken cancellationToken) =>
        TryAsync(key, session => MigrationSteps.RecoverAsync(session, address, cancellationToken));

    /// <inheritdoc/>
    public async Task<MigrationStage> CancelAsync(ProcessKey key, CancellationToken cancellationToken)
    {
        using var session = Session(key);
        return await MigrationCancel.RunAsync(session, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ListenResult> ListenAsync(ProcessKey key, ListenRequest request, CancellationToken cancellationToken) =>
        ListenAsync(key, listener => listener.BeginAsync(request, cancellationToken));

    /// <inheritdoc/>
    public Task<ListenResult> ListenAgainAsync(ProcessKey key, ListenPlace place, CancellationToken cancellationToken) =>
        ListenAsync(key, listener => listener.AgainAsync(place, cancellationToken));

    /// <inheritdoc/>
    public async Task<IncomingStage> FollowIncomingAsync(ProcessKey key, IncomingStage? known, CancellationToken cancellationToken)
    {
        using var session = Session(key);
        return await new IncomingFollower(session).RunAsync(known, cancellationToken);
    }

    private MigrationSession Session(ProcessKey key) => new(lives.Of(key), options, time);

    private async Task<MonitorResult> TryAsync(ProcessKey key, Func<MigrationSession, Task> run)
    {
        using var session = Session(key);
        try
        {
            await run(session);
            return new MonitorResult.Done();
        }
        catch (MonitorTrouble trouble)
        {
            return trouble.Failure;
        }
    }

    private async Task<ListenResult> ListenAsync(ProcessKey key, Func<MigrationListener, Task<MigrationAddress>> run)
    {
        using var session = Session(key);
        try
        {
            return new ListenResult.Listening(await run(new(session)));
        }
        catch (MonitorTrouble trouble)
        {
            return new ListenResult.Failed(trouble.Failure.Reason, trouble.Failure.Unreachable);
        }
    }
}
