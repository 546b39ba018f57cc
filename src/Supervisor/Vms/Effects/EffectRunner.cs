using Microsoft.Extensions.Logging;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Domain;
using VmSupervisor.Hooks;
using VmSupervisor.Qemu;
using VmSupervisor.Qemu.CommandLine;

namespace VmSupervisor.Vms.Effects;

/// <summary>
/// Does for one VM what <see cref="Outstanding"/> says, and gives back what was seen. It decides nothing.
/// </summary>
/// <remarks>
/// It outlives restarts of its actor, because of the gate: bringing up, extinguishing and releasing exclude each other,
/// so that a launch which was given up cannot spawn a process after the search for it.
/// </remarks>
internal sealed partial class EffectRunner(VmId vm, World world, ILogger logger)
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(30);

    private readonly Gate _gate = new();
    private readonly ActivityEffects _activities = new(world);
    private readonly SendingEffects _sending = new(vm, world);
    private readonly ReceivingEffects _receiving = new(vm, world);
    private readonly LifeSteps _steps = new(world);
    private readonly HookCalls _hooks = new();

    /// <summary>The life whose start has told what it lacks.</summary>
    private Incarnation? _told;

    /// <summary>
    /// Runs an effect to its end. Returns what was seen, or null when there is nothing to tell; more may be told through
    /// <paramref name="report"/> meanwhile.
    /// </summary>
    public async Task<Observation?> RunAsync(
        Effect effect, VmState state, Action<Observation> report, Action<OperationId, OperationProgress> progress, CancellationToken cancellationToken)
    {
        // Failures that the ports foresee are results. Whatever else happens must not leave the VM waiting for ever.
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return state is Known { Current: { } life } known
                    ? await RunOnceAsync(effect, known, life, report, progress, cancellationToken)
                    : await RunBetweenLivesAsync(effect, cancellationToken);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                // What is given up may also end by what is taken from under it, as when the supervisor lets go of the host.
                LogEffectFailed(vm, effect.Incarnation, effect.GetType().Name, e);
                report(new Observation.Trouble(effect.Incarnation, $"{effect.GetType().Name}: {e.Message}"));
                await Task.Delay(Backoff(attempt), world.Time, cancellationToken);
            }
        }
    }

    /// <summary>What lives of a life, after a restart of the supervisor.</summary>
    public async Task<Finding> ProbeAsync(Life life, CancellationToken cancellationToken) =>
        await world.Hypervisor.ProbeAsync(KeyOf(life), life.Process, cancellationToken) switch
        {
            ProbeResult.Gone gone => new Finding.Gone(gone.HostRebooted),
            ProbeResult.Alive alive => new Finding.Alive(alive.Identity, alive.Guest),
            ProbeResult.Ambiguous ambiguous => new Finding.Ambiguous(ambiguous.Reason),
            var other => throw new InvalidOperationException($"{other.GetType().Name} is not a probe's result"),
        };

    /// <summary>
    /// Forgets what is kept about the hooks of closed lives. An effect of theirs that was given up may not have noticed
    /// yet: without its claim it would run hooks of a closed life, so it is waited for.
    /// </summary>
    public async Task ForgetHooksAsync(Incarnation upTo, CancellationToken cancellationToken)
    {
        await _hooks.AreOverAsync(upTo, cancellationToken);
        await world.Hooks.ForgetAsync(vm, upTo, cancellationToken);
    }

    /// <summary>Forgets what is kept for a VM as long as it is defined; never beside a start of it.</summary>
    public Task ForgetVmAsync(CancellationToken cancellationToken) => _gate.ExclusivelyAsync(
        async () =>
        {
            await world.Hypervisor.ForgetAsync(vm, cancellationToken);
            return true;
        },
        cancellationToken);

    /// <summary>What needs no life: to wait, and to see sessions to their end whose guest is gone from here.</summary>
    private async Task<Observation> RunBetweenLivesAsync(Effect effect, CancellationToken token)
    {
        switch (effect)
        {
            case Effect.WaitUntil wait:
                await WaitUntilAsync(wait.Deadline, token);
                return new Observation.DeadlinePassed(wait.Incarnation, wait.Deadline);
            case Effect.SeekVerdict seek:
                return await _sending.SeekVerdictAsync(seek, token);
            case Effect.BidFarewell farewell:
                return await _sending.BidFarewellAsync(farewell, token);
            default:
                throw new InvalidOperationException($"{effect.GetType().Name} needs a life");
        }
    }

    private async Task<Observation?> RunOnceAsync(
        Effect effect, Known known, Life life, Action<Observation> report, Action<OperationId, OperationProgress> progress, CancellationToken token)
    {
        var n = effect.Incarnation;
        var key = KeyOf(life);
        var qemu = world.Hypervisor;
        switch (effect)
        {
            case Effect.RunHooks run:
                return new Observation.HookEnded(n, run.Phase, await _hooks.RunAsync(
                    n, () => world.Hooks.RunAsync(RequestOf(life, run.Phase, run.Cause, run.Operation, run.Limit), token), token));
            case Effect.EndHooks end:
                return new Observation.HookEnded(n, end.Phase, await _hooks.RunAsync(
                    n, () => world.Hooks.EndAsync(RequestOf(life, end.Phase, life.Cause, null, TimeSpan.Zero), token), token));
            case Effect.BringUp:
                return await _gate.ExclusivelyAsync(() => BringUpAsync(key, life, report, token), token);
            case Effect.Continue:
                // Its launch, and so that it is consumed, is journaled by now.
                if (life.Restores is { } memory)
                    world.Memories.Remove(vm, memory.Of);
                var told = known is Starting { Life.Incoming: not null }
                    ? await _receiving.ContinueAsync(key, n, report, token)
                    : await qemu.ContinueAsync(key, token);
                if (told is MonitorResult.Failed failed)
                    return new Observation.ContinueFailed(n, failed.Reason);

                // Committed and let loose: nobody's session removes them any more. The cleanup does the same for what fails here.
                foreach (var image in life.Plan.OfType<Step.SessionImage>())
                    await world.Images.KeepAsync(image.Session, image.Path, token);
                return new Observation.Continued(n);
            case Effect.WatchExit watch:
                var exit = await qemu.WaitForExitAsync(key, watch.Process, token);
                if (exit.Code is null && WhyKilled(key, life) is { } whyKilled)
                    report(new Observation.Trouble(n, $"QEMU: {whyKilled}"));
                return new Observation.ProcessExited(n, exit);
            case Effect.FollowGuest:
                // An adoption settles all problems, and this one lasts as long as the life.
                if (_told != n && life.Plan.OfType<Step.Cgroup>().Any() && world.Resources.Remark(key) is { } remark)
                    report(new Observation.Trouble(n, remark));
                await FollowGuestAsync(key, report, token);
                return null;
            case Effect.Look look:
                return new Observation.Looked(n, look.Operation, ToSight(await qemu.LookAsync(key, look.Process, token)));
            case Effect.Ask ask:
                return new Observation.RequestAnswered(n, ask.Operation, await AskAsync(key, ask.Request, token) switch
                {
                    // QEMU has the command, and carries it out when it comes to itself.
                    MonitorResult.Failed { Unreachable: true } silent => $"{silent.Reason}; it may still take effect",
                    MonitorResult.Failed refused => refused.Reason,
                    _ => null,
                });
            case Effect.PowerDown:
                return await PowerDownAsync(key, life, token);
            case Effect.Quit:
                // Only the exit says that it worked, and the deadline that it did not.
                await qemu.QuitAsync(key, token);
                return null;
            case Effect.Terminate terminate:
                await qemu.SignalAsync(key, terminate.Process, StopSignal.Terminate, token);
                return null;
            case Effect.Kill kill:
                await qemu.SignalAsync(key, kill.Process, StopSignal.Kill, token);
                return null;
            case Effect.Extinguish:
                return new Observation.Extinguished(n, await _gate.ExclusivelyAsync(
                    () => qemu.ExtinguishAsync(key, life.Process, why => report(new Observation.Trouble(n, why)), token), token));
            // Making and undoing exclude each other, also when the first was given up for the second.
            case Effect.BeginBackup begin:
                return await _gate.ExclusivelyAsync(() => _activities.BeginBackupAsync(key, begin, report, token), token);
            case Effect.FollowBackup follow:
                return await _activities.FollowBackupAsync(key, follow, progress, token);
            case Effect.UndoBackup undo:
                return await _gate.ExclusivelyAsync(() => _activities.UndoBackupAsync(key, undo, report, token), token);
            case Effect.SaveMemory save:
                return await _gate.ExclusivelyAsync(() => _activities.SaveMemoryAsync(key, save, progress, token), token);
            case Effect.UndoSave undo:
                return await _gate.ExclusivelyAsync(() => _activities.UndoSaveAsync(key, undo, report, token), token);
            case Effect.CheckTarget check:
                return await _sending.CheckTargetAsync(key, check, life, known.Definition, token);
            case Effect.PrepareTarget prepare:
                return await _sending.PrepareTargetAsync(key, prepare, life, known.Definition, token);
            // What is given up is over before anything else is asked of what sends.
            case Effect.Send send:
                return await _gate.ExclusivelyAsync(() => _sending.SendAsync(key, send, life, progress, token), token);
            case Effect.CancelSend cancel:
                return await _gate.ExclusivelyAsync(() => _sending.CancelAsync(key, cancel, life, token), token);
            case Effect.Hurry:
                await _sending.HurryAsync(key, token);
                return null;
            case Effect.Listen listen:
                return await _receiving.ListenAsync(key, listen, life, token);
            case Effect.Receive:
                return await _receiving.ReceiveAsync(key, life, token);
            case Effect.WatchPeer watch:
                return await _receiving.WatchPeerAsync(key, watch, token);
            case Effect.AskSource ask:
                return await _receiving.AskSourceAsync(ask, token);
            case Effect.Release release:
                return await ReleaseAsync(key, life, release, token);
            default:
                return await RunBetweenLivesAsync(effect, token);
        }
    }

    private async Task<Observation?> BringUpAsync(ProcessKey key, Life life, Action<Observation> report, CancellationToken token)
    {
        var grants = new Grants();
        foreach (var step in life.Plan)
        {
            token.ThrowIfCancellationRequested();
            try
            {
                grants.Add(step, await _steps.AcquireAsync(key, life, step, token));
            }
            catch (Resources.ResourceException e)
            {
                return new Observation.BringUpFailed(life.Number, $"{step.Name}: {e.Message}");
            }

            if (step is Step.Cgroup)
                _told = life.Number;
        }

        if (grants.Remark is { } remark)
            report(new Observation.Trouble(life.Number, remark));
        var request = new LaunchRequest(key, life.Definition)
        {
            BackEnds = grants.BackEnds,
            Cgroups = grants.Cgroups,
            Incoming = life.Incoming is not null,
            RestoreFrom = life.Restores is { } restores ? world.Memories.PathOf(vm, restores.Of) : null,
        };
        return await world.Hypervisor.LaunchAsync(request, token) switch
        {
            LaunchResult.Launched launched => new Observation.Launched(life.Number, launched.Identity, launched.Summary),
            LaunchResult.Failed failed => new Observation.BringUpFailed(life.Number, WhyKilled(key, life) is { } why ? $"{failed.Reason}: {why}" : failed.Reason),
            var other => throw new InvalidOperationException($"{other.GetType().Name} is not a launch's result"),
        };
    }

    /// <summary>Before the release: with the group goes what the kernel counted of it.</summary>
    private string? WhyKilled(ProcessKey key, Life life) => life.Plan.Any(step => step is Step.Cgroup { Memory: not null }) ? world.Resources.WhyKilled(key) : null;

    private async Task<Observation?> ReleaseAsync(ProcessKey key, Life life, Effect.Release release, CancellationToken token)
    {
        if (release.Attempt > 0)
            await Task.Delay(Backoff(release.Attempt), world.Time, token);
        return await _gate.ExclusivelyAsync<Observation?>(
            async () => new Observation.ReleasePassed(life.Number, await _steps.ReleaseAsync(key, life, release.Steps, token)), token);
    }

    private async Task FollowGuestAsync(ProcessKey key, Action<Observation> report, CancellationToken token)
    {
        for (var attempt = 1; ; attempt++)
        {
            var isFirst = true;
            var why = await world.Hypervisor.FollowGuestAsync(key, Tell, token);
            token.ThrowIfCancellationRequested();
            report(new Observation.MonitorClosed(key.Incarnation, why));

            // The end of the monitor is not the end of the process: as long as that lives, somebody listens.
            await Task.Delay(Backoff(attempt), world.Time, token);

            // Every guest is known to begin in prelaunch. Found by a session that begins, that may be told after the answer
            // to a cont which came later, and would be news from before it (seen with QEMU 7.2).
            void Tell(GuestNews news)
            {
                if (!isFirst || news is not GuestNews.State(GuestState.Prelaunch))
                    report(ToObservation(key.Incarnation, news));
                isFirst = false;
            }
        }
    }

    /// <summary>A monitor that its process's end has closed is no refusal: the exit is on its way, and is what was asked for.</summary>
    private async Task<Observation?> PowerDownAsync(ProcessKey key, Life life, CancellationToken token)
    {
        if (await world.Hypervisor.PowerDownAsync(key, token) is not MonitorResult.Failed deaf)
            return null;
        return deaf.Unreachable && life.Process is { } process && await world.Hypervisor.LookAsync(key, process, token) is LookResult.Dying
            ? null
            : new Observation.PowerDownFailed(life.Number, deaf.Reason);
    }

    private Task<MonitorResult> AskAsync(ProcessKey key, GuestRequest request, CancellationToken token) => request switch
    {
        GuestRequest.Pause => world.Hypervisor.PauseAsync(key, token),
        GuestRequest.Resume => world.Hypervisor.ContinueAsync(key, token),
        GuestRequest.Reset => world.Hypervisor.ResetAsync(key, token),
        _ => throw new ArgumentOutOfRangeException(nameof(request), request, "not a request"),
    };

    private async Task WaitUntilAsync(DateTimeOffset deadline, CancellationToken token)
    {
        // A timer may fire a moment early by the clock that the deadline was computed with.
        for (var left = deadline - world.Time.GetUtcNow(); left > TimeSpan.Zero; left = deadline - world.Time.GetUtcNow())
            await Task.Delay(left < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : left, world.Time, token);
    }

    /// <summary>The run-time files of a life that is so far away that its number has as many digits as a VM's.</summary>
    public static RunFiles FilesOf(World world, VmId vm) => new(KeyOf(world.RunDirectory, vm, new Incarnation(VmId.MaxValue)).RunDirectory);

    /// <summary>An incarnation and where its run-time files are.</summary>
    public static ProcessKey KeyOf(string runDirectory, VmId vm, Incarnation n) => new(vm, n, Path.Combine(runDirectory, "vms", vm.ToString(), n.ToString()));

    private ProcessKey KeyOf(Life life) => KeyOf(world.RunDirectory, vm, life.Number);

    private HookRequest RequestOf(Life life, HookPhase phase, Cause cause, OperationId? operation, TimeSpan limit) => new(
        vm, life.Definition.Name, life.Number, phase, cause.ToText(), operation, life.Definition.Hooks, limit);

    private static TimeSpan Backoff(int attempt) => TimeSpan.FromTicks(
        Math.Min(LongestBackoff.Ticks, FirstBackoff.Ticks << Math.Min(attempt - 1, 10)));

    private static Sight ToSight(LookResult look) => look switch
    {
        LookResult.Answers answers => new Sight.Answers(answers.Guest),
        LookResult.Dying => new Sight.Dying(),
        LookResult.Unresponsive => new Sight.Unresponsive(),
        _ => throw new InvalidOperationException($"{look.GetType().Name} is not a look's result"),
    };

    private static Observation ToObservation(Incarnation n, GuestNews news) => news switch
    {
        GuestNews.State state => new Observation.GuestChanged(n, state.Guest, ""),
        GuestNews.PoweredOff off => new Observation.GuestChanged(n, GuestState.Shutdown, off.Reason),
        GuestNews.Panicked => new Observation.GuestChanged(n, GuestState.Panicked, ""),
        GuestNews.Reset reset => new Observation.GuestReset(n, reset.ByGuest),
        _ => throw new InvalidOperationException($"{news.GetType().Name} is not news"),
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "vm {Vm} incarnation {Incarnation}: {Effect} failed unexpectedly; it is tried again")]
    private partial void LogEffectFailed(VmId vm, Incarnation incarnation, string effect, Exception exception);
}
