using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Domain;
using VmSupervisor.Migration;
using VmSupervisor.Qemu;
using VmSupervisor.Qemu.CommandLine;

namespace VmSupervisor.Vms.Effects;

/// <summary>Does what the source of a migration wants, up to the target's verdict and beyond it.</summary>
internal sealed class SendingEffects(VmId vm, World world)
{
    /// <summary>QEMU's own downtime limit (300 ms on 7.2): told every time, since it keeps what an earlier attempt has set.</summary>
    private static readonly TimeSpan UsualDowntime = TimeSpan.FromMilliseconds(300);

    /// <summary>The most that QEMU takes (2000 s on 7.2).</summary>
    private static readonly TimeSpan AnyDowntime = TimeSpan.FromSeconds(2000);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestFarewellWait = TimeSpan.FromSeconds(30);

    private readonly Offers _offers = new(world);

    public async Task<Observation> CheckTargetAsync(ProcessKey key, Effect.CheckTarget check, Life life, VmDefinition next, CancellationToken token)
    {
        var target = check.Plan.Target;
        if (Movability.WhyNot(life.Definition, check.Plan) is { } why)
            return new Observation.TargetRefused(check.Incarnation, check.Operation, why);
        var nonces = new DiskNonces(world.SharedStorage, $"{vm}-{check.Operation}");
        try
        {
            var offer = await _offers.MakeAsync(key, check.Plan, life, next, token);
            if (check.Plan.Storage == MigrationStorage.Detect)
                offer = offer with { Shared = await nonces.WriteAsync(life.Definition, token) };
            var answer = await world.Peers.CheckAsync(target, offer, token);
            return answer.WhyNot is { } refused
                ? new Observation.TargetRefused(check.Incarnation, check.Operation, $"node {target} cannot take it: {refused}")
                : new Observation.TargetChecked(check.Incarnation, check.Operation, answer.Highest);
        }
        catch (OfferException e)
        {
            return new Observation.TargetRefused(check.Incarnation, check.Operation, e.Message);
        }
        finally
        {
            await nonces.RemoveAsync(life.Definition);
        }
    }

    public async Task<Observation> PrepareTargetAsync(ProcessKey key, Effect.PrepareTarget prepare, Life life, VmDefinition next, CancellationToken token)
    {
        try
        {
            var offer = await _offers.MakeAsync(key, prepare.Plan, life, next, token);
            var answer = await WhileRenewingAsync(
                prepare.Session, () => world.Peers.PrepareAsync(prepare.Session, offer, prepare.Plan, prepare.WasRunning, token), token);
            return answer.Address is { } address
                ? new Observation.TargetPrepared(prepare.Incarnation, prepare.Session, address)
                : new Observation.PrepareFailed(prepare.Incarnation, prepare.Session, $"node {prepare.Session.Target} could not prepare: {answer.WhyNot}");
        }
        catch (OfferException e)
        {
            return new Observation.PrepareFailed(prepare.Incarnation, prepare.Session, e.Message);
        }
    }

    /// <summary>
    /// Lets QEMU send the guest. A target that is not heard of for so long that it has given up by itself ends it: its own
    /// QEMU would wait for a frozen peer for ever.
    /// </summary>
    public async Task<Observation> SendAsync(ProcessKey key, Effect.Send send, Life life, Action<OperationId, OperationProgress> progress, CancellationToken token)
    {
        var session = send.Session;
        var disks = new SendingDisks(world, key, session, send.Plan, life);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(token);
        var renewing = world.Peers.RenewAsync(session, over.Token);
        var following = FollowAsync(key, send, disks, p => progress(session.Id, p), over.Token);
        await FirstOf.Async(following, renewing);
        over.Cancel();
        var seen = await OrNullAsync(following);
        token.ThrowIfCancellationRequested();
        return seen ?? await EndAsync(key, send.Incarnation, session, disks, $"node {session.Target} is lost: {await renewing}", token);
    }

    /// <summary>Told again until QEMU has it.</summary>
    public async Task HurryAsync(ProcessKey key, CancellationToken token)
    {
        while (await world.Migrations.TuneAsync(key, new MigrationLimits { Downtime = AnyDowntime }, token) is MonitorResult.Failed)
            await Task.Delay(Pause, world.Time, token);
    }

    /// <summary>
    /// The target is told first, where it is certain that it will not be asked to commit: a source whose monitor hangs on a
    /// frozen target comes free when that is killed.
    /// </summary>
    public async Task<Observation> CancelAsync(ProcessKey key, Effect.CancelSend cancel, Life life, CancellationToken token)
    {
        var telling = cancel.FinishIfSent ? Task.CompletedTask : world.Peers.TellAsync(vm, new PeerNote.Abort(cancel.Session), token);
        var disks = new SendingDisks(world, key, cancel.Session, cancel.Plan, life);
        var seen = await EndAsync(key, cancel.Incarnation, cancel.Session, disks, "it was given up", token);
        await telling;
        return seen;
    }

    /// <summary>
    /// Asks until there is a verdict that decides something; for as long as it takes. A question that was lost is asked again
    /// after seconds, and meanwhile the target must not believe that nobody is here.
    /// </summary>
    public Task<Observation> SeekVerdictAsync(Effect.SeekVerdict seek, CancellationToken token) => seek.Commits
        ? WhileRenewingAsync(seek.Session, () => AskForVerdictAsync(seek, new PeerNote.Finish(seek.Session), token), token)
        : AskForVerdictAsync(seek, new PeerNote.Abort(seek.Session), token);

    /// <summary>That it is over here: what the target still has of it goes, and the verdict need not be kept.</summary>
    public async Task<Observation> BidFarewellAsync(Effect.BidFarewell farewell, CancellationToken token)
    {
        PeerNote[] notes = [new PeerNote.Abort(farewell.Session), new PeerNote.Acknowledge(farewell.Session)];
        foreach (var note in notes)
        {
            for (var wait = FirstWait; (await world.Peers.TellAsync(vm, note, token)).Unreached is not null; wait = Longer(wait, LongestFarewellWait))
                await Task.Delay(wait, world.Time, token);
        }

        return new Observation.FarewellTaken(farewell.Incarnation, farewell.Session);
    }

    private async Task<Observation> AskForVerdictAsync(Effect.SeekVerdict seek, PeerNote note, CancellationToken token)
    {
        for (var wait = FirstWait; ; wait = Longer(wait, LongestWait))
        {
            if ((await world.Peers.TellAsync(vm, note, token)).Verdict is { Verdict: not Verdict.Committed } told)
                return new Observation.VerdictTold(seek.Incarnation, seek.Session, told.Verdict, told.Detail);
            await Task.Delay(wait, world.Time, token);
        }
    }

    private async Task<Observation> FollowAsync(
        ProcessKey key, Effect.Send send, SendingDisks disks, Action<OperationProgress> progress, CancellationToken token)
    {
        var (completed, why) = await CarryAsync(key, send, disks, progress, token);

        // Only now, with the tunnels closed: QEMU may hang on what went through them.
        return completed is null
            ? await EndAsync(key, send.Incarnation, send.Session, disks, why!, token)
            : Sent(send.Incarnation, send.Session, completed);
    }

    /// <summary>Sends it to the end; or says why it did not come there.</summary>
    private async Task<(MigrationStage.Completed? Completed, string? Why)> CarryAsync(
        ProcessKey key, Effect.Send send, SendingDisks disks, Action<OperationProgress> progress, CancellationToken token)
    {
        var (session, files) = (send.Session, new RunFiles(key.RunDirectory));
        var (memoryAt, disksAt) = Reception.Split(send.Address);
        var tls = Reception.IsEncrypted(memoryAt) && world.Peers.TlsDirectory is { } directory ? new MigrationTls(directory, session.Target) : null;
        if (Reception.IsEncrypted(memoryAt) && tls is null)
            return (null, $"node {session.Target} takes guests encrypted only, and this node does not encrypt (vmsup.tls, vmsup.migration.encrypt)");
        await using var disksTunnel = disksAt == Reception.Tunnel ? world.Peers.OpenTunnel(session, Reception.Disks, files.Mirrors) : null;
        if (disksAt is not null && await disks.CopyAsync(disksAt, tls, progress, token) is { } uncopied)
            return (null, uncopied);
        await using var tunnel = memoryAt == Reception.Tunnel ? world.Peers.OpenTunnel(session, Reception.Memory, files.Migration) : null;
        var request = new MigrationRequest(AddressOf(key, memoryAt), Reception.OptionsOf(send.Plan, tls), LimitsOf(send.Plan)) { IsNew = true };
        if (await world.Migrations.BeginAsync(key, request, token) is MonitorResult.Failed { Unreachable: false } refused)
            return (null, refused.Reason);
        MigrationStage? known = null;
        while (true)
        {
            known = await world.Migrations.FollowAsync(key, known, p => progress(ToProgress(p)), token);
            switch (known)
            {
                case MigrationStage.PreSwitchover:
                    if (await disks.CompleteAsync(token) is { } incomplete)
                        return (null, incomplete);
                    if (await world.Migrations.SwitchOverAsync(key, token) is MonitorResult.Failed { Unreachable: false } stuck)
                        return (null, stuck.Reason);
                    break;
                case MigrationStage.Completed completed:
                    return (completed, null);
                case MigrationStage.Failed failed:
                    return (null, failed.Reason);
                case MigrationStage.Cancelled:
                    return (null, "it was cancelled at QEMU's monitor");
                case MigrationStage.Unreachable:
                    // Its process's end, the deadline or the target's silence decides.
                    await Task.Delay(Pause, world.Time, token);
                    known = null;
                    break;
                default:
                    return (null, $"QEMU is in {known.GetType().Name}, which was not asked for");
            }
        }
    }

    /// <summary>
    /// Cancels until it is over: what cannot be reached may be reached later, or its process ends. First the disks: where those
    /// hang on a frozen target, everything else does.
    /// </summary>
    private async Task<Observation> EndAsync(ProcessKey key, Incarnation n, MigrationSession session, SendingDisks disks, string why, CancellationToken token)
    {
        await disks.CancelAsync(token);
        while (true)
        {
            switch (await world.Migrations.CancelAsync(key, token))
            {
                case MigrationStage.Completed completed:
                    return Sent(n, session, completed);
                case MigrationStage.Failed or MigrationStage.Cancelled:
                    return new Observation.SendFailed(n, session, why);
                default:
                    await Task.Delay(Pause, world.Time, token);
                    break;
            }
        }
    }

    private async Task<T> WhileRenewingAsync<T>(MigrationSession session, Func<Task<T>> work, CancellationToken token)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(token);
        var renewing = world.Peers.RenewAsync(session, over.Token);
        try
        {
            return await work();
        }
        finally
        {
            over.Cancel();
            await OrNullAsync(renewing);
        }
    }

    private static Observation.Sent Sent(Incarnation n, MigrationSession session, MigrationStage.Completed completed) =>
        new(n, session) { Figures = new SentFigures(completed.Total, completed.Downtime, completed.Transferred) };

    private static MigrationAddress AddressOf(ProcessKey key, string address) => address == Reception.Tunnel
        ? new MigrationAddress.Unix(new RunFiles(key.RunDirectory).Migration)
        : Reception.Parse(address);

    private static MigrationLimits LimitsOf(MigrationPlan plan) =>
        new() { BytesPerSecond = plan.BytesPerSecond ?? 0, Downtime = plan.DowntimeLimit ?? UsualDowntime };

    private static OperationProgress ToProgress(MigrationProgress p) => new(Math.Max(p.Total - p.Remaining, 0), p.Total)
    {
        Migration = new(p.Transferred, p.Remaining, p.BytesPerSecond, p.DirtyPagesPerSecond, p.ExpectedDowntime, p.Iterations, p.Throttle),
    };

    private static TimeSpan Longer(TimeSpan wait, TimeSpan longest) => wait * 2 < longest ? wait * 2 : longest;

    private static async Task<T?> OrNullAsync<T>(Task<T> task)
        where T : class
    {
        try
        {
            return await task;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
