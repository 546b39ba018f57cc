using Microsoft.Extensions.Logging;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Domain;
using VmSupervisor.Linux;
using VmSupervisor.Qemu;
using VmSupervisor.Qemu.CommandLine;
using VmSupervisor.Vms;

namespace VmSupervisor.Consoles;

/// <summary>
/// Keeps serial logs within bounds: one that has grown too large is renamed, and QEMU is asked to open its log anew.
/// Nothing is copied and nothing is truncated, so no byte is lost, neither for the log nor for its readers.
/// </summary>
/// <remarks>
/// Their sizes are looked at once a second. A guest writes byte by byte: to be told of each would cost more than it
/// does, and at 1 µs a byte it cannot write more than 1 MiB in that time.
/// </remarks>
internal sealed partial class LogRotation(
    IVmSupervisor supervisor, Hypervisor hypervisor, Rotations rotations, string runDirectory, long limit, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMinutes(1);
    private readonly Dictionary<VmId, Task> busy = [];
    private readonly Dictionary<VmId, Incarnation> known = [];

    /// <summary>Goes on until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var turns = new PeriodicTimer(Period, time);
        try
        {
            while (await turns.WaitForNextTickAsync(cancellationToken))
                Look(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(busy.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // One that hangs holds up no other.
    private void Look(CancellationToken cancellationToken)
    {
        foreach (var vm in supervisor.List())
        {
            if (vm.Pid is null)
            {
                if (known.Remove(vm.Id))
                    rotations.Forget(vm.Id);
            }
            else if (!busy.TryGetValue(vm.Id, out var task) || task.IsCompleted)
            {
                known[vm.Id] = vm.Incarnation;
                if (IsDue(IncarnationFiles.Of(runDirectory, vm)))
                    busy[vm.Id] = RotateAsync(vm, cancellationToken);
                else
                    busy.Remove(vm.Id);
            }
        }
    }

    // A log that is missing was renamed by a supervisor that did not live to tell QEMU.
    private bool IsDue(RunFiles files) => FileNumber.Of(files.SerialLog) switch
    {
        { } log => log.Size >= limit,
        null => File.Exists(files.FormerSerialLog),
    };

    private async Task RotateAsync(VmView vm, CancellationToken cancellationToken)
    {
        var files = IncarnationFiles.Of(runDirectory, vm);
        try
        {
            if (File.Exists(files.SerialLog))
                File.Move(files.SerialLog, files.FormerSerialLog, overwrite: true);
            var reopened = await hypervisor.ReopenSerialAsync(IncarnationFiles.KeyOf(runDirectory, vm), cancellationToken);
            if (reopened is MonitorResult.Done)
            {
                if (FileNumber.Of(files.FormerSerialLog) is var (number, size))
                    rotations.Add(vm.Id, number, size);
                return;
            }

            // QEMU writes to it, whatever it is called. If it carries the command out later, it finds it and goes on.
            LogNotReopened(vm.Id, ((MonitorResult.Failed)reopened).Reason);
            if (!File.Exists(files.SerialLog))
                File.Move(files.FormerSerialLog, files.SerialLog, overwrite: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!Directory.Exists(files.Directory))
                return;
            LogNotReopened(vm.Id, e.Message);
        }

        await Task.Delay(PauseAfterFailure, time, cancellationToken);
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "vm {Vm}: its serial log is too large and cannot be begun anew: {Reason}; it grows on, and this is tried again in a minute")]
    private partial void LogNotReopened(VmId vm, string reason);
}
