using Microsoft.Win32.SafeHandles;
using VmSupervisor.Linux;
using VmSupervisor.Qemu.Memory;
using VmSupervisor.Qemu.Monitor;
using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Qemu.Launch;

/// <summary>A launch that goes on from a saved state.</summary>
internal sealed partial class Launcher
{
    private const int StateInChild = 4;
    private const long SlowDisk = 32 << 20;
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(1);

    /// <summary>The state to go on from, opened and checked; or why not.</summary>
    private static async Task<(FileDescriptor? State, long Length, LaunchResult.Failed? Refused)> OpenStateAsync(
        LaunchRequest request, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        if (request.RestoreFrom is not { } path)
            return default;
        var state = FileDescriptor.Open(path, LibC.OpenReadOnly);
        try
        {
            using var file = new SafeFileHandle(state.Number, ownsHandle: false);
            if (await StateSeal.ProblemAsync(file, path, request.Key, GuestMachine.Of(arguments), cancellationToken) is not { } problem)
                return (state, RandomAccess.GetLength(file), null);
            state.Dispose();
            return (null, 0, new LaunchResult.Failed(problem));
        }
        catch
        {
            state.Dispose();
            throw;
        }
    }

    /// <summary>How long a launch may take: reading gigabytes has its time, also from a disk that is slow.</summary>
    private TimeSpan DeadlineFor(long length) => options.LaunchDeadline + TimeSpan.FromSeconds(length / (double)SlowDisk);

    /// <summary>
    /// Loads the state. QEMU says <c>completed</c> when it has all, and the guest is paused: <c>-S</c> holds it (checked on
    /// 7.2; without, it would run by itself). A state it cannot load ends QEMU, after a line about it.
    /// </summary>
    private async Task<LaunchResult> LoadAsync(IncarnationHandle life, LaunchResult launched, CancellationToken cancellationToken)
    {
        if (launched is not LaunchResult.Launched)
            return launched;
        var monitor = new MonitorCalls(life.Monitor, options.CommandDeadline);
        using var bell = new EventBell(life.Monitor, time, "MIGRATION");
        try
        {
            await monitor.AskAsync(MigrationCommands.WithEvents, cancellationToken);
            await monitor.AskAsync(MigrationCommands.Load(StateInChild), cancellationToken);
        }
        catch (MonitorTrouble trouble)
        {
            return await WhyNotLoadedAsync(life, trouble, cancellationToken);
        }

        while (true)
        {
            try
            {
                switch (await monitor.AskAsync(MigrationCommands.Query, cancellationToken))
                {
                    case { IsCompleted: true }:
                        return launched;
                    case { Status: "failed" or "cancelled", Error: var error }:
                        return new LaunchResult.Failed($"QEMU could not load the saved state: {error ?? QemuWords.From(life.Files.Log, "it does not say why")}");
                }
            }
            catch (MonitorTrouble trouble) when (trouble.MayPass)
            {
                // While it loads a large state its monitor may be silent; the launch's deadline ends the waiting.
            }
            catch (MonitorTrouble trouble)
            {
                return await WhyNotLoadedAsync(life, trouble, cancellationToken);
            }

            await bell.WaitAsync(Turn, cancellationToken);
        }
    }

    private async Task<LaunchResult> WhyNotLoadedAsync(IncarnationHandle life, MonitorTrouble trouble, CancellationToken cancellationToken) =>
        trouble is { Failure.Unreachable: true, MayPass: false }
            ? await EndedAsync(life, life.Process!, cancellationToken)
            : new LaunchResult.Failed($"QEMU could not load the saved state: {trouble.Failure.Reason}");
}
