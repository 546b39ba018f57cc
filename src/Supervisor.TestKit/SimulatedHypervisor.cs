using System.Globalization;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;
using VmSupervisor.Qemu;

namespace VmSupervisor.TestKit;

/// <summary>
/// A hypervisor in virtual time, with QEMU's order of events: the monitor closes before the exit is seen, a power-off
/// leaves the process in <c>shutdown</c>, a launch takes a while between spawn and greeting.
/// </summary>
internal sealed class SimulatedHypervisor(TimeProvider time) : IHypervisor
{
    /// <summary>The real one's default for a launch whose monitor does not answer.</summary>
    private static readonly TimeSpan LaunchDeadline = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Deaf = TimeSpan.FromMilliseconds(500);

    private readonly List<SimulatedProcess> _processes = [];
    private int _lastPid = 1000;
    private int _boots = 1;
    private string _ownedIn = "boot-1";

    /// <summary>The host's boot; another one means that every process is gone.</summary>
    public string BootId { get; private set; } = "boot-1";

    /// <summary>How the next launches fail; null when they do not.</summary>
    public SimulatedLaunchFault? LaunchFails { get; set; }

    /// <summary>From spawn to greeting; as measured with QEMU 7.2 under TCG about 60 ms.</summary>
    public TimeSpan Greeting { get; set; } = TimeSpan.FromMilliseconds(60);

    /// <summary>Called with every process right after its spawn, and with what it is to be.</summary>
    public Action<SimulatedProcess, VmDefinition>? OnSpawn { get; set; }

    /// <summary>Called with every process that a supervisor ends, before it does.</summary>
    public Action<SimulatedProcess>? OnEnd { get; set; }

    /// <summary>Every process there ever was.</summary>
    public IReadOnlyList<SimulatedProcess> Processes => _processes;

    public IEnumerable<SimulatedProcess> Living => _processes.Where(p => p.Alive);

    public SimulatedProcess Of(VmId vm) => Living.Last(p => p.Vm == vm && !p.IsHelper);

    /// <summary>SIGKILL from outside: for a moment only the monitor tells.</summary>
    public void Kill(SimulatedProcess process)
    {
        process.KilledFromOutside = true;
        Die(process, new ProcessExit(null, 9));
    }

    public void PowerOff(SimulatedProcess process)
    {
        process.Guest = GuestState.Shutdown;
        process.Tell(new GuestNews.PoweredOff("guest-shutdown"));
        process.Tell(new GuestNews.State(GuestState.Shutdown));
    }

    public void Panic(SimulatedProcess process)
    {
        process.Guest = GuestState.Panicked;
        process.Tell(new GuestNews.Panicked());
    }

    /// <summary>The guest resets itself: its process goes on.</summary>
    public void Reset(SimulatedProcess process) => process.Tell(new GuestNews.Reset(ByGuest: true));

    /// <summary>What could not die can, and does if a SIGKILL is pending.</summary>
    public void Release(SimulatedProcess process)
    {
        process.Unkillable = false;
        if (process.KillPending)
            Kill(process);
    }

    /// <summary>Something befalls a process from outside.</summary>
    public void Befall(SimulatedProcess process, QemuTrouble trouble)
    {
        switch (trouble)
        {
            case QemuTrouble.Killed:
                Kill(process);
                break;
            case QemuTrouble.Hangs or QemuTrouble.GoesOn:
                process.Hung = trouble == QemuTrouble.Hangs;
                break;
            case QemuTrouble.CannotDie:
                process.Unkillable = true;
                break;
            case QemuTrouble.CanDie:
                Release(process);
                break;
        }
    }

    /// <summary>The host goes down and comes up: nothing of before exists.</summary>
    public void Reboot()
    {
        foreach (var process in Living.ToArray())
            (process.Alive, process.KilledFromOutside) = (false, true);
        BootId = string.Create(CultureInfo.InvariantCulture, $"boot-{++_boots}");
    }

    /// <summary>A supervisor owns every VM again.</summary>
    public void RememberBoot() => _ownedIn = BootId;

    /// <summary>The machine types that its aliases stand for; empty as if there were no QEMU.</summary>
    public Dictionary<string, string> Machines { get; } = new(StringComparer.Ordinal) { ["q35"] = "pc-q35-7.2" };

    /// <summary>The VMs that were forgotten, in this order.</summary>
    public List<VmId> Forgotten { get; } = [];

    public async Task<string?> ResolveMachineAsync(string machine, CancellationToken cancellationToken)
    {
        await Task.Delay(RoundTrip, time, cancellationToken);
        return Machines.GetValueOrDefault(machine);
    }

    public Task<PlannedLaunch> PlanAsync(LaunchRequest request, CancellationToken cancellationToken) =>
        Task.FromResult<PlannedLaunch>(new PlannedLaunch.Ready("simulated", [request.Definition.PinnedMachine ?? request.Definition.Machine]));

    /// <summary>Until when forgetting a VM takes; at once unless told.</summary>
    public Func<Task> OnForget { get; set; } = () => Task.CompletedTask;

    public async Task ForgetAsync(VmId vm, CancellationToken cancellationToken)
    {
        await OnForget();
        Forgotten.Add(vm);
    }

    public async Task<LaunchResult> LaunchAsync(LaunchRequest request, CancellationToken cancellationToken)
    {
        await Task.Delay(RoundTrip, time, cancellationToken);
        var fault = LaunchFails;
        if (fault is SimulatedLaunchFault.BeforeSpawn before)
            return new LaunchResult.Failed(before.Reason);
        var process = Spawn(request.Key);
        if (request.RestoreFrom is not null)
            (process.Guest, process.EverRan) = (GuestState.Paused, true);
        if (request.Incoming)
            process.Guest = GuestState.Incoming;
        OnSpawn?.Invoke(process, request.Definition);
        if (fault is SimulatedLaunchFault.Silent silent)
        {
            for (var i = 0; i < silent.Children; i++)
                Spawn(request.Key).IsHelper = true;
            process.Hung = true;
            await Task.Delay(LaunchDeadline, time, cancellationToken);
            return NoAnswer;
        }

        await Task.Delay(Greeting, time, cancellationToken);
        if (fault is SimulatedLaunchFault.Ends ends)
        {
            // One that cannot die cannot end either, and never greets.
            Die(process, new ProcessExit(1, null));
            await Task.WhenAny(process.Exit.Task, Task.Delay(LaunchDeadline, time, cancellationToken)).WaitAsync(cancellationToken);
            return process.Alive ? NoAnswer : new LaunchResult.Failed($"QEMU ended: {ends.Reason} ({process.Dying})");
        }

        return fault is SimulatedLaunchFault.AfterSpawn after
            ? new LaunchResult.Failed(after.Reason)
            : process.Dying is { } exit
                ? new LaunchResult.Failed($"QEMU ended: it said nothing ({exit})")
                : new LaunchResult.Launched(process.Identity, "simulated");
    }

    public async Task<ProcessExit> ExtinguishAsync(
        ProcessKey key, ProcessIdentity? identity, Action<string> stuck, CancellationToken cancellationToken)
    {
        var all = All(key).Where(p => p.Alive).ToArray();
        foreach (var process in all)
            End(process, new ProcessExit(null, 9));
        foreach (var process in all)
        {
            if (process.Unkillable)
                stuck($"process {process.Identity.Pid} does not die");
            await process.Exit.Task.WaitAsync(cancellationToken);
        }

        return ProcessExit.Unknowable;
    }

    public async Task<ProbeResult> ProbeAsync(ProcessKey key, ProcessIdentity? identity, CancellationToken cancellationToken)
    {
        await Task.Delay(RoundTrip, time, cancellationToken);
        var process = All(key).FirstOrDefault(p => p is { Alive: true, IsHelper: false });
        if (process is null)
            return new ProbeResult.Gone((identity?.BootId ?? _ownedIn) != BootId);
        if (process.Hung)
            await Task.Delay(Deaf, time, cancellationToken);
        return new ProbeResult.Alive(process.Identity, process.Hung ? null : process.Guest);
    }

    public async Task<ProcessExit> WaitForExitAsync(ProcessKey key, ProcessIdentity identity, CancellationToken cancellationToken) =>
        All(key).FirstOrDefault(p => p.Alive && p.Identity == identity) is { } process
            ? await process.Exit.Task.WaitAsync(cancellationToken)
            : ProcessExit.Unknowable;

    public async Task<string> FollowGuestAsync(ProcessKey key, Action<GuestNews> news, CancellationToken cancellationToken)
    {
        if (Reachable(key) is not { } process)
            return "cannot connect";

        // What it finds first was asked for a round trip ago: others may have been answered since. What came meanwhile
        // comes after it.
        var first = new GuestNews.State(process.Guest);
        var waiting = new Queue<GuestNews>();
        Action<GuestNews> tell = waiting.Enqueue;
        void Tell(GuestNews one) => tell(one);
        process.News += Tell;
        try
        {
            await Task.Delay(RoundTrip, time, cancellationToken);
            news(first);
            while (waiting.TryDequeue(out var one))
                news(one);
            tell = news;
            await process.MonitorClosed.Task.WaitAsync(cancellationToken);
            return "EOF";
        }
        finally
        {
            process.News -= Tell;
        }
    }

    public Task<MonitorResult> ContinueAsync(ProcessKey key, CancellationToken cancellationToken) => CommandAsync(key, process =>
    {
        if (process.Guest is GuestState.Shutdown or GuestState.Panicked)
            return new MonitorResult.Failed("GenericError: resetting the virtual machine is required", false);
        process.EverRan = true;
        Change(process, GuestState.Running);
        return new MonitorResult.Done();
    }, cancellationToken);

    public Task<MonitorResult> PauseAsync(ProcessKey key, CancellationToken cancellationToken) => CommandAsync(key, process =>
    {
        if (process.Guest == GuestState.Running)
            Change(process, GuestState.Paused);
        return new MonitorResult.Done();
    }, cancellationToken);

    public Task<MonitorResult> ResetAsync(ProcessKey key, CancellationToken cancellationToken) => CommandAsync(key, process =>
    {
        process.Tell(new GuestNews.Reset(false));
        return new MonitorResult.Done();
    }, cancellationToken);

    public Task<MonitorResult> PowerDownAsync(ProcessKey key, CancellationToken cancellationToken) => CommandAsync(key, process =>
    {
        if (process is { Guest: GuestState.Running, IgnoresPowerButton: false })
            After(TimeSpan.FromMilliseconds(40), process, () => PowerOff(process));
        return new MonitorResult.Done();
    }, cancellationToken);

    public Task<MonitorResult> QuitAsync(ProcessKey key, CancellationToken cancellationToken) => CommandAsync(key, process =>
    {
        End(process, new ProcessExit(0, null));
        return new MonitorResult.Done();
    }, cancellationToken);

    public async Task<LookResult> LookAsync(ProcessKey key, ProcessIdentity identity, CancellationToken cancellationToken)
    {
        await Task.Delay(RoundTrip, time, cancellationToken);
        var process = All(key).FirstOrDefault(p => p.Alive && p.Identity == identity);
        if (process is null || process.Dying is not null)
            return new LookResult.Dying();
        if (!process.Hung)
            return new LookResult.Answers(process.Guest);
        await Task.Delay(Deaf, time, cancellationToken);
        return process.Dying is null ? new LookResult.Unresponsive() : new LookResult.Dying();
    }

    public Task SignalAsync(ProcessKey key, ProcessIdentity identity, StopSignal signal, CancellationToken cancellationToken)
    {
        if (All(key).FirstOrDefault(p => p.Alive && p.Identity == identity) is { } process && (signal == StopSignal.Kill || !process.Hung))
            End(process, signal == StopSignal.Kill ? new ProcessExit(null, 9) : new ProcessExit(0, null));
        return Task.CompletedTask;
    }

    /// <summary>The process behind a monitor that answers; otherwise why it does not.</summary>
    public async Task<(SimulatedProcess? Process, MonitorResult.Failed? Trouble)> AnswerAsync(ProcessKey key, CancellationToken cancellationToken)
    {
        SimulatedProcess? found = null;
        var result = await CommandAsync(
            key,
            process =>
            {
                found = process;
                return new MonitorResult.Done();
            },
            cancellationToken);
        return (found, result as MonitorResult.Failed);
    }

    private static LaunchResult NoAnswer => new LaunchResult.Failed($"QEMU's monitor did not answer within {LaunchDeadline.TotalSeconds:0.###} s");

    private SimulatedProcess Spawn(ProcessKey key)
    {
        var process = new SimulatedProcess(key.Vm, key.Incarnation, new ProcessIdentity(BootId, ++_lastPid, _lastPid * 10));
        _processes.Add(process);
        return process;
    }

    private IEnumerable<SimulatedProcess> All(ProcessKey key) => _processes.Where(p => p.Vm == key.Vm && p.Incarnation == key.Incarnation);

    private SimulatedProcess? Reachable(ProcessKey key) => All(key).FirstOrDefault(p => p is { Alive: true, Dying: null, IsHelper: false });

    private async Task<MonitorResult> CommandAsync(ProcessKey key, Func<SimulatedProcess, MonitorResult> command, CancellationToken token)
    {
        await Task.Delay(RoundTrip, time, token);
        if (Reachable(key) is not { } process)
            return new MonitorResult.Failed("the monitor is closed", true);
        if (!process.Hung)
            return command(process);
        await Task.Delay(Deaf, time, token);
        return new MonitorResult.Failed("the monitor did not answer", true);
    }

    private static void Change(SimulatedProcess process, GuestState guest)
    {
        process.Guest = guest;
        process.Tell(new GuestNews.State(guest));
    }

    private void End(SimulatedProcess process, ProcessExit exit)
    {
        OnEnd?.Invoke(process);
        Die(process, exit);
    }

    private void Die(SimulatedProcess process, ProcessExit exit)
    {
        if (process.Unkillable)
            process.KillPending |= exit.Signal == 9;
        if (process.Unkillable || process.Dying is not null)
            return;
        process.Dying = exit;
        process.MonitorClosed.SetResult();
        After(process.ExitTakes, process, () =>
        {
            process.Alive = false;
            process.Exit.SetResult(exit);
        });
    }

    private void After(TimeSpan delay, SimulatedProcess process, Action action)
    {
        ITimer? timer = null;
        timer = time.CreateTimer(
            _ =>
            {
                timer?.Dispose();
                if (process.Alive)
                    action();
            },
            null, delay, Timeout.InfiniteTimeSpan);
    }
}
