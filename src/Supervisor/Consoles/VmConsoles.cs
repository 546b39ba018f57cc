using Microsoft.Extensions.Logging;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Linux;
using VmSupervisor.Qemu.CommandLine;
using VmSupervisor.Vms;

namespace VmSupervisor.Consoles;

/// <summary>
/// The consoles of a node's VMs. They look at files and published views, and never speak with a VM's actor: whatever
/// clients do, neither the guest nor its VM waits for them.
/// </summary>
internal sealed partial class VmConsoles(
    IVmSupervisor supervisor, string runDirectory, Readiness readiness, TimeProvider time, ILogger logger)
{
    private readonly ConsoleSeats seats = new();

    /// <summary>The logs that were begun anew.</summary>
    public Rotations Rotations { get; } = new();

    /// <summary>Attaches: takes a seat. What is read and written goes through the attachment.</summary>
    public ConsoleAttachment Attach(VmView vm, Caller caller, ConsoleWish wish)
    {
        var seat = seats.Take(vm.Id, caller, wish.Access, out var former);
        if (former is not null)
            LogTaken(vm.Id, caller.Name, former.Caller.Name);
        else if (seat.Writes)
            LogWrites(vm.Id, vm.Incarnation, caller.Name);
        return new(this, seat, wish);
    }

    /// <summary>Why nobody can attach now; null when there is something to attach to, or soon will be.</summary>
    public static string? WhyNot(VmView vm, ConsoleWish wish) =>
        wish.Follow || wish.After is not null || vm.Pid is not null || vm.State == "Starting"
            ? null
            : $"vm {vm.Id} ({vm.Name}) has no console: it is {vm.State} ({vm.Cause}); 'vmsup start {vm.Name}' starts it, --follow waits for that";

    internal RunFiles FilesOf(VmView vm) => IncarnationFiles.Of(runDirectory, vm);

    internal LogReader NewReader(VmView vm) => new(vm.Id, FilesOf(vm), Rotations);

    internal SerialInput NewInput(VmView vm) => new(FilesOf(vm).SerialInput, time);

    internal FileEvents.Subscription Watch(VmView vm) => readiness.Files.Subscribe(
        FilesOf(vm).Directory, FileEvents.Modified | FileEvents.Appeared | FileEvents.Vanished);

    internal Task<VmView?> WaitForViewAsync(VmId vm, Func<VmView?, bool> condition, CancellationToken cancellationToken) =>
        supervisor.WaitForViewAsync(vm, condition, cancellationToken);

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "vm {Vm}: console of incarnation {Incarnation}: {Caller} writes")]
    private partial void LogWrites(VmId vm, Incarnation incarnation, string caller);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "vm {Vm}: console: {Caller} has taken writing over from {Former}")]
    private partial void LogTaken(VmId vm, string caller, string former);

    [LoggerMessage(EventId = 4, Level = LogLevel.Warning, Message = "vm {Vm}: console: {Caller} is dropped: {Reason}")]
    internal partial void LogDropped(VmId vm, string caller, string reason);
}
