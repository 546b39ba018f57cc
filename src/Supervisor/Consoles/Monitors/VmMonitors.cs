using Microsoft.Extensions.Logging;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Domain;
using VmSupervisor.Qemu.CommandLine;
using VmSupervisor.Vms;

namespace VmSupervisor.Consoles.Monitors;

/// <summary>
/// The monitors for people of a node's VMs. What is done there is done behind the back of a VM's actor, which learns of
/// it as of anything else that happens to a guest: by QEMU's events and by the exit of the process.
/// </summary>
internal sealed partial class VmMonitors(IVmSupervisor supervisor, string runDirectory, TimeProvider time, ILogger logger)
{
    internal TimeProvider Time => time;

    private readonly Lock gate = new();
    private readonly Dictionary<ProcessKey, SharedMonitor> open = [];

    /// <summary>Why nobody can attach now; null when there is a process to attach to.</summary>
    public static string? WhyNot(VmView vm) => vm.Pid is not null
        ? null
        : $"vm {vm.Id} ({vm.Name}) has no monitor: it is {vm.State} ({vm.Cause}); 'vmsup start {vm.Name}' starts it";

    /// <summary>Attaches somebody to the current incarnation.</summary>
    public MonitorAttachment Attach(VmView vm, Caller caller, MonitorLanguage language) => new(this, vm, caller, language);

    internal SharedMonitor Enter(VmView vm)
    {
        var key = IncarnationFiles.KeyOf(runDirectory, vm);
        lock (gate)
        {
            if (!open.TryGetValue(key, out var monitor))
                open.Add(key, monitor = new(new RunFiles(key.RunDirectory).PeoplesMonitor, time));
            monitor.Users++;
            return monitor;
        }
    }

    /// <summary>The last one to leave closes it.</summary>
    internal async ValueTask LeaveAsync(VmView vm, SharedMonitor monitor)
    {
        lock (gate)
        {
            if (--monitor.Users > 0)
                return;
            open.Remove(IncarnationFiles.KeyOf(runDirectory, vm));
        }

        await monitor.DisposeAsync();
    }

    internal Task<VmView?> WaitForEndAsync(VmView vm, CancellationToken cancellationToken) =>
        supervisor.WaitForViewAsync(vm.Id, now => IncarnationFiles.Ended(now, vm.Incarnation), cancellationToken);

    [LoggerMessage(EventId = 5, Level = LogLevel.Information, Message = "vm {Vm} incarnation {Incarnation}: monitor: {Caller} sent: {Command}")]
    internal partial void LogSent(VmId vm, Incarnation incarnation, string caller, string command);

    [LoggerMessage(EventId = 6, Level = LogLevel.Warning, Message = "vm {Vm}: monitor: {Caller} is dropped: {Reason}")]
    internal partial void LogDropped(VmId vm, string caller, string reason);
}
