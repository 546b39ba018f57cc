using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;
using VmSupervisor.Linux;
using VmSupervisor.Qemu.Accelerators;
using VmSupervisor.Qemu.CommandLine;
using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Qemu.Launch;

/// <summary>
/// Brings a QEMU up: lock, spawn, socket, greeting. Whatever ends it early, the process (if there is one by then)
/// holds the lock, and so can be found.
/// </summary>
internal sealed class Launcher(
    HypervisorOptions options, AcceleratorChoice accelerators, Spawner spawner, ExitWatcher exits, Readiness readiness, ProcFs processes, TimeProvider time)
{
    private const int LockInChild = 3;
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ExitPatience = TimeSpan.FromSeconds(2);

    public async Task<LaunchResult> LaunchAsync(IncarnationHandle life, VmDefinition definition, CancellationToken cancellationToken)
    {
        if (life.Files.SocketProblem is { } problem)
            return new LaunchResult.Failed(problem);
        if (ExecutableSearch.Find(options.Executable) is not { } qemu)
            return new LaunchResult.Failed($"there is no QEMU at '{options.Executable}' (apt-get install qemu-system-x86)");
        var accelerator = definition.Accel switch
        {
            Accelerator.Auto => await accelerators.DecideAsync(qemu, cancellationToken),
            Accelerator.Kvm => new AcceleratorVerdict(true, "kvm"),
            Accelerator.Tcg => new AcceleratorVerdict(false, "tcg"),
            _ => throw new ArgumentOutOfRangeException(nameof(definition), definition.Accel, "no such accelerator"),
        };
        try
        {
            using var deadline = new CancellationTokenSource(options.LaunchDeadline, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            try
            {
                var arguments = QemuCommandLine.Build(new(options.Node, definition, life.Files, accelerator.UseKvm));
                return await SpawnAsync(life, qemu, arguments, cancellationToken) is { } failed
                    ? failed
                    : await AwaitMonitorAsync(life, accelerator, either.Token);
            }
            catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                return new LaunchResult.Failed($"QEMU's monitor did not answer within {options.LaunchDeadline.TotalSeconds:0.###} s");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return new LaunchResult.Failed(e.Message);
        }
    }

    private async Task<LaunchResult?> SpawnAsync(IncarnationHandle life, string qemu, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        using var @lock = await TakeLockAsync(life.Files.Lock, cancellationToken);
        if (@lock is null)
            return new LaunchResult.Failed($"something of this incarnation lives already: {life.Files.Lock} is held");

        // With the lock in hand, and before the spawn: who gave this launch up and then got the lock knows that no
        // process of it comes any more.
        cancellationToken.ThrowIfCancellationRequested();
        Prepare(life.Files);
        var request = new SpawnRequest(
            qemu, arguments, QemuEnvironment.Variables, life.Files.Directory, life.Files.Log, life.Files.Log, [new(@lock.Descriptor, LockInChild)]);
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

    private static void Prepare(RunFiles files)
    {
        foreach (var stale in new[] { files.Monitor, files.PeoplesMonitor, files.SerialInput, files.SerialOutput })
            File.Delete(stale);
        Fifo.Create(files.SerialInput);
        File.CreateSymbolicLink(files.SerialOutput, "/dev/null");
    }

    private async Task<LaunchResult> AwaitMonitorAsync(IncarnationHandle life, AcceleratorVerdict accelerator, CancellationToken cancellationToken)
    {
        var process = life.Process!;
        if (!await AwaitSocketAsync(life, process, cancellationToken))
            return await EndedAsync(life, process, cancellationToken);
        for (var pause = TimeSpan.FromMilliseconds(1); ; pause *= 2)
        {
            switch (await life.Monitor.OpenAsync(options.LaunchDeadline, cancellationToken))
            {
                case QmpOpened.Ready(var connection):
                    return new LaunchResult.Launched(process.Identity, $"QEMU {connection.Greeting.Version}, {(accelerator.UseKvm ? "kvm" : "tcg")}");
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
}
