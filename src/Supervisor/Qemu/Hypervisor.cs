using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Linux;
using VmSupervisor.Qemu.Accelerators;
using VmSupervisor.Qemu.Backups;
using VmSupervisor.Qemu.CommandLine;
using VmSupervisor.Qemu.Launch;
using VmSupervisor.Qemu.Machines;
using VmSupervisor.Qemu.Memory;
using VmSupervisor.Qemu.Migrations;
using VmSupervisor.Qemu.Mirrors;
using VmSupervisor.Qemu.Monitor;
using VmSupervisor.Qemu.Qmp;
using VmSupervisor.Qemu.Uefi;

namespace VmSupervisor.Qemu;

/// <summary>QEMU on this host. Disposing closes what is open here; the guests go on.</summary>
internal sealed class Hypervisor : IHypervisor, IAsyncDisposable
{
    private static readonly TimeSpan WatchAgainAfter = TimeSpan.FromSeconds(1);
    private readonly HypervisorOptions options;
    private readonly TimeProvider time;
    private readonly AcceleratorChoice accelerators;
    private readonly MachineTypes machines;
    private readonly VariableStores variables;
    private readonly LaunchPlanner planner;
    private readonly ExitWatcher exits;
    private readonly ProcessFinder finder;
    private readonly IncarnationHandles lives;
    private readonly Launcher launcher;
    private readonly LastBoot boot;
    private readonly LifeProbe probe;
    private readonly Extinguisher extinguisher;
    private readonly ProcessLook look;

    public Hypervisor(
        HypervisorOptions options, AcceleratorChoice accelerators, MachineTypes machines, Spawner spawner, ExitWatcher exits, Readiness readiness, ProcFs processes, TimeProvider time)
    {
        this.options = options;
        this.accelerators = accelerators;
        this.machines = machines;
        this.exits = exits;
        this.time = time;
        finder = new(processes);
        lives = new(options, time);
        Backups = new BackupJobs(lives, options, time);
        Memory = new GuestMemory(lives, options, time);
        Migrations = new LiveMigrations(lives, options, new ArrivalCheck(options, accelerators, machines), time);
        Mirrors = new DiskMirrors(lives, options, time);
        variables = new(options.StateDirectory, options.UefiImages);
        planner = new(options, accelerators);
        launcher = new(options, planner, variables, spawner, exits, readiness, processes, time);
        boot = new(options.StateDirectory, processes.BootId);
        probe = new(options, finder, boot, exits, readiness, time);
        extinguisher = new(options, finder, exits, readiness, time);
        look = new(options, finder, time);
    }

    /// <summary>Copies of its guests' disks.</summary>
    public IBackupJobs Backups { get; }

    /// <summary>Its guests' states in files.</summary>
    public IGuestMemory Memory { get; }

    /// <summary>Its guests' ways to and from other hosts.</summary>
    public IMigrations Migrations { get; }

    /// <summary>What goes with them of their disks.</summary>
    public IMirrors Mirrors { get; }

    /// <summary>
    /// What <c>accel = auto</c> means on this host, and why; null without a QEMU. The first time it may run a trial
    /// guest (0.1 s, at most 5 s).
    /// </summary>
    public async Task<AcceleratorVerdict?> DecideAcceleratorAsync(CancellationToken cancellationToken) =>
        ExecutableSearch.Find(options.Executable) is { } qemu ? await accelerators.DecideAsync(qemu, cancellationToken) : null;

    /// <summary>Every VM is owned again: what ended with an earlier boot of the host is known by now.</summary>
    public void RememberBoot() => boot.Remember();

    /// <inheritdoc/>
    public async Task<string?> ResolveMachineAsync(string machine, CancellationToken cancellationToken) =>
        ExecutableSearch.Find(options.Executable) is { } qemu ? await machines.ResolveAsync(qemu, machine, cancellationToken) : null;

    /// <inheritdoc/>
    public async Task<PlannedLaunch> PlanAsync(LaunchRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var planned = await planner.PlanAsync(new(request.Key.RunDirectory), request, variables.Find, cancellationToken);
            return new PlannedLaunch.Ready(planned.Executable, QemuCommandLine.Build(planned.Plan));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new PlannedLaunch.Impossible(e.Message);
        }
    }

    /// <inheritdoc/>
    public Task ForgetAsync(VmId vm, CancellationToken cancellationToken)
    {
        variables.Forget(vm);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<LaunchResult> LaunchAsync(LaunchRequest request, CancellationToken cancellationToken)
    {
        await lives.ForgetBeforeAsync(request.Key);
        return await launcher.LaunchAsync(lives.Of(request.Key), request, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<ProcessExit> ExtinguishAsync(ProcessKey key, ProcessIdentity? identity, Action<string> stuck, CancellationToken cancellationToken)
    {
        var exit = await extinguisher.ExtinguishAsync(lives.Of(key), identity, stuck, cancellationToken);
        await lives.ForgetAsync(key);
        return exit;
    }

    /// <inheritdoc/>
    public async Task<ProbeResult> ProbeAsync(ProcessKey key, ProcessIdentity? identity, CancellationToken cancellationToken)
    {
        var result = await probe.ProbeAsync(lives.Of(key), identity, cancellationToken);
        if (result is ProbeResult.Gone)
            await lives.ForgetAsync(key);
        return result;
    }

    /// <inheritdoc/>
    public async Task<ProcessExit> WaitForExitAsync(ProcessKey key, ProcessIdentity identity, CancellationToken cancellationToken)
    {
        if (lives.Of(key).Process is { } launched && launched.Identity == identity)
            return await launched.Exit.WaitAsync(cancellationToken);
        while (true)
        {
            try
            {
                if (finder.OpenToWait(identity) is not { } process)
                    return ProcessExit.Unknowable;
                using (process)
                    return await exits.WaitAsync(process, cancellationToken);
            }
            catch (IOException)
            {
                // No descriptors left: it may live, so there is nothing to say until it can be watched.
                await Task.Delay(WatchAgainAfter, time, cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public Task<string> FollowGuestAsync(ProcessKey key, Action<GuestNews> news, CancellationToken cancellationToken) =>
        new GuestFollower(lives.Of(key).Monitor, options.CommandDeadline, news).RunAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<MonitorResult> ContinueAsync(ProcessKey key, CancellationToken cancellationToken) => CommandAsync(key, QmpCommands.Continue, cancellationToken);

    /// <inheritdoc/>
    public Task<MonitorResult> PauseAsync(ProcessKey key, CancellationToken cancellationToken) => CommandAsync(key, QmpCommands.Stop, cancellationToken);

    /// <inheritdoc/>
    public Task<MonitorResult> ResetAsync(ProcessKey key, CancellationToken cancellationToken) => CommandAsync(key, QmpCommands.SystemReset, cancellationToken);

    /// <inheritdoc/>
    public Task<MonitorResult> PowerDownAsync(ProcessKey key, CancellationToken cancellationToken) => CommandAsync(key, QmpCommands.SystemPowerdown, cancellationToken);

    /// <summary>Lets QEMU open its serial log anew, so that one that was renamed is not written to any more.</summary>
    public Task<MonitorResult> ReopenSerialAsync(ProcessKey key, CancellationToken cancellationToken)
    {
        var files = lives.Of(key).Files;
        return CommandAsync(key, QmpCommands.ReopenSerial(SerialArguments.Id, files.Serial, files.SerialLog), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<MonitorResult> QuitAsync(ProcessKey key, CancellationToken cancellationToken) =>
        await lives.Of(key).Monitor.ExecuteAsync(QmpCommands.Quit, options.QuitDeadline, cancellationToken) switch
        {
            // It may end before it has answered: that is what was asked for.
            QmpResult<QmpNothing>.Lost({ Kind: QmpFaultKind.Closed }) => new MonitorResult.Done(),
            var result => Result(result),
        };

    /// <inheritdoc/>
    public Task<LookResult> LookAsync(ProcessKey key, ProcessIdentity identity, CancellationToken cancellationToken) =>
        look.LookAsync(lives.Of(key), identity, cancellationToken);

    /// <inheritdoc/>
    public Task SignalAsync(ProcessKey key, ProcessIdentity identity, StopSignal signal, CancellationToken cancellationToken)
    {
        var number = signal switch
        {
            StopSignal.Terminate => Linux.Signal.Terminate,
            StopSignal.Kill => Linux.Signal.Kill,
            _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, "no such signal"),
        };
        try
        {
            // What is ambiguous is not signalled.
            if (finder.Find(lives.Of(key), identity) is IdentityVerdict.Ours(var process, _))
            {
                using (process)
                    process.Signal(number);
            }
        }
        catch (IOException)
        {
            // Not allowed, or no descriptors left: the exit that does not come says so.
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => lives.DisposeAsync();

    private async Task<MonitorResult> CommandAsync(ProcessKey key, QmpCommand<QmpNothing> command, CancellationToken cancellationToken) =>
        Result(await lives.Of(key).Monitor.ExecuteAsync(command, options.CommandDeadline, cancellationToken));

    private static MonitorResult Result(QmpResult<QmpNothing> result) => (MonitorResult?)result.Failure() ?? new MonitorResult.Done();
}
