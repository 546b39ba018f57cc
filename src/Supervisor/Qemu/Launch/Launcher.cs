using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;
using VmSupervisor.Linux;
using VmSupervisor.Qemu.CommandLine;
using VmSupervisor.Qemu.Memory;
using VmSupervisor.Qemu.Qmp;
using VmSupervisor.Qemu.Uefi;

namespace VmSupervisor.Qemu.Launch;

/// <summary>
/// Brings a QEMU up: lock, spawn, socket, greeting. Whatever ends it early, the process (if there is one by then)
/// holds the lock, and so can be found.
/// </summary>
internal sealed partial class Launcher(
    HypervisorOptions options, LaunchPlanner planner, VariableStores variables, Spawner spawner, ExitWatcher exits, Readiness readiness, ProcFs processes, TimeProvider time)
{
    private const int LockInChild = 3;
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ExitPatience = TimeSpan.FromSeconds(2);

    public async Task<LaunchResult> LaunchAsync(IncarnationHandle life, LaunchRequest request, CancellationToken cancellationToken)
    {
        if (ForwardedPorts.WhyNot(request.Definition) is { } taken)
            return new LaunchResult.Failed(taken);
        try
        {
            var (qemu, plan) = await planner.PlanAsync(life.Files, request, variables.Prepare, cancellationToken);
            var arguments = QemuCommandLine.Build(plan);
            var (state, length, refused) = await OpenStateAsync(request, arguments, cancellationToken);
            if (refused is not null)
                return refused;
            using (state)
                return await LaunchAsync(life, request, new(qemu, arguments, plan.UseKvm, state, request.Incoming), DeadlineFor(length), cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return new LaunchResult.Failed(e.Message);
        }
    }

    private async Task<LaunchResult> LaunchAsync(IncarnationHandle life, LaunchRequest request, Decided decided, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            if (await SpawnAsync(life, decided, request.Cgroups, cancellationToken) is { } failed)
                return failed;
            var launched = await UnplugAsync(life, request.Definition, await AwaitMonitorAsync(life, decided.UseKvm, either.Token), either.Token);
            return decided.State is null ? launched : await LoadAsync(life, launched, either.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new LaunchResult.Failed(decided.State is null
                ? $"QEMU's monitor did not answer within {limit.TotalSeconds:0.###} s"
                : $"QEMU did not load {request.RestoreFrom} within {limit.TotalSeconds:0.###} s");
        }
    }

    private async Task<LaunchResult?> SpawnAsync(IncarnationHandle life, Decided decided, ValueList<string> cgroups, CancellationToken cancellationToken)
    {
        using var @lock = await TakeLockAsync(life.Files.Lock, cancellationToken);
        if (@lock is null)
            return new LaunchResult.Failed($"something of this incarnation lives already: {life.Files.Lock} is held");

        // With the lock in hand, and before the spawn: who gave this launch up and then got the lock knows that no
        // process of it comes any more.
        cancellationToken.ThrowIfCancellationRequested();
        Prepare(life.Files, decided.Arguments);
        IReadOnlyList<string> arguments = decided.Waits ? [.. decided.Arguments, "-incoming", "defer"] : decided.Arguments;
        InheritedDescriptor[] inherited = [new(@lock.Descriptor, LockInChild), .. decided.State is { } state ? new[] { new InheritedDescriptor(state, StateInChild) } : []];
        var (executable, all) = CgroupEntry.Wrap(cgroups, decided.Executable, arguments);
        var request = new SpawnRequest(
            executable, all, QemuEnvironment.Variables, life.Files.Directory, life.Files.Log, life.Files.Log, inherited);
        switch (spawner.Spawn(request))
        {
            case SpawnResult.Spawned(var process):
                // It cannot be gone from /proc: it is our child and nobody has reaped it.
                life.Process = new(processes.Identify(process.Pid)!, process, exits);
                return null;
            case SpawnResult.Failed(_, var reason):
                return new LaunchResult.Failed(reason);
            default:
                throw new InvalidOperationException();
        }
    }

    private async Task<FileLock?> TakeLockAsync(string path, CancellationToken cancellationToken)
    {
        if (FileLock.TryAcquire(path) is { } free)
            return free;
        using var patience = new CancellationTokenSource(LockPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await FileLock.AcquireAsync(path, readiness, time, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static void Prepare(RunFiles files, IReadOnlyList<string> arguments)
    {
        File.WriteAllLines(files.Machine, GuestMachine.Of(arguments));
        foreach (var stale in new[] { files.Monitor, files.PeoplesMonitor, files.Agent, files.Migration, files.SerialInput, files.SerialOutput })
            File.Delete(stale);
        Fifo.Create(files.SerialInput);
        File.CreateSymbolicLink(files.SerialOutput, "/dev/null");
    }

    private async Task<LaunchResult> AwaitMonitorAsync(IncarnationHandle life, bool useKvm, CancellationToken cancellationToken)
    {
        var process = life.Process!;
        if (!await AwaitSocketAsync(life, process, cancellationToken))
            return await EndedAsync(life, process, cancellationToken);
        for (var pause = TimeSpan.FromMilliseconds(1); ; pause *= 2)
        {
            switch (await life.Monitor.OpenAsync(options.LaunchDeadline, cancellationToken))
            {
                case QmpOpened.Ready(var connection):
                    return new LaunchResult.Launched(process.Identity, $"QEMU {connection.Greeting.Version}, {(useKvm ? "kvm" : "tcg")}");
                case QmpOpened.Failed({ Kind: QmpFaultKind.Closed }):
                    return await EndedAsync(life, process, cancellationToken);

                // Between QEMU's bind and its listen, some microseconds; or dead since.
                case QmpOpened.Failed({ Kind: QmpFaultKind.NobodyListens }) when !process.Exit.IsCompleted:
                    await Task.Delay(pause, time, cancellationToken);
                    continue;
                case QmpOpened.Failed when process.Exit.IsCompleted:
                    return await EndedAsync(life, process, cancellationToken);
                case QmpOpened.Failed(var fault):
                    return new LaunchResult.Failed(fault.Detail);
                default:
                    throw new InvalidOperationException();
            }
        }
    }

    /// <summary>Before the guest runs, so that it never sees a carrier where there is to be none.</summary>
    private async Task<LaunchResult> UnplugAsync(IncarnationHandle life, VmDefinition definition, LaunchResult launched, CancellationToken cancellationToken)
    {
        if (launched is not LaunchResult.Launched)
            return launched;
        foreach (var place in Enumerable.Range(0, definition.Nics.Count).Where(place => definition.Nics[place].Link == NicLink.Down))
        {
            var command = QmpCommands.SetLink(NicArguments.IdOf(place), up: false);
            if (await life.Monitor.ExecuteAsync(command, options.CommandDeadline, cancellationToken) is not QmpResult<QmpNothing>.Returned)
                return new LaunchResult.Failed($"the link of the network interface at place {place} could not be set down");
        }

        return launched;
    }

    /// <summary>False when the process ended first.</summary>
    private async Task<bool> AwaitSocketAsync(IncarnationHandle life, LaunchedProcess process, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var appearance = FileAppearance.WaitAsync(life.Files.Monitor, readiness, enough.Token);
        if (await Task.WhenAny(appearance, process.Exit) == appearance)
        {
            await appearance;
            return true;
        }

        await enough.CancelAsync();
        await appearance.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return false;
    }

    private async Task<LaunchResult> EndedAsync(IncarnationHandle life, LaunchedProcess process, CancellationToken cancellationToken)
    {
        string how;
        try
        {
            how = (await process.Exit.WaitAsync(ExitPatience, time, cancellationToken)).ToString();
        }
        catch (TimeoutException)
        {
            how = "it closed its monitor and still lives";
        }

        return new LaunchResult.Failed($"QEMU ended: {QemuWords.From(life.Files.Log, "it said nothing")} ({how})");
    }

    /// <summary>What a launch is made of, once all is decided.</summary>
    private sealed record Decided(string Executable, IReadOnlyList<string> Arguments, bool UseKvm, FileDescriptor? State, bool Incoming)
    {
        /// <summary>Whether what it runs comes later, and not from its images.</summary>
        public bool Waits => Incoming || State is not null;
    }
}
