using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Vms;

/// <summary>The supervisor of one node's VMs, as a management node embeds it and as every face of it sees it.</summary>
/// <remarks>
/// Reads are answered from what the VMs last published; they never wait for a VM. Nothing here throws for what a VM
/// refuses or for trouble of the journal: the operation says so.
/// </remarks>
public interface IVmSupervisor
{
    /// <summary>The node itself.</summary>
    NodeView Node { get; }

    /// <summary>Every VM that is defined, by id.</summary>
    IReadOnlyList<VmView> List();

    /// <summary>A VM by its number or name; null when there is none.</summary>
    VmView? Find(string idOrName);

    /// <summary>What a VM is to be from its next start on; null when it is not defined.</summary>
    VmDefinition? FindDefinition(VmId vm);

    /// <summary>What the life of a VM that runs was started with; null when none runs.</summary>
    VmDefinition? FindRunningDefinition(VmId vm);

    /// <summary>
    /// QEMU's command line for a definition, as a start on this node would make it, without storing or acquiring anything.
    /// What only a start finds out, such as the device of a volume that must be activated, is described in parentheses.
    /// </summary>
    Task<CommandLineResult> CommandLineAsync(VmDefinition definition, CancellationToken cancellationToken = default);

    /// <summary>
    /// Gives a command to a VM. Returns when it is accepted (durably: it will end, also across a restart of the
    /// supervisor), refused, or already ended. The same id with the same command gives the same operation and does
    /// nothing twice; with another command it is refused as a conflict.
    /// </summary>
    Task<OperationView> SubmitAsync(VmId vm, VmCommand command, OperationId operation, Caller caller, CancellationToken cancellationToken = default);

    /// <summary>
    /// Ends every guest of the node before its host goes down, and returns how each ended: backwards in the order of
    /// their start, those of equal order at the same time, each asked to power off first. Meanwhile nothing can be
    /// started. Asked again meanwhile, it answers when the first is done.
    /// </summary>
    /// <param name="limit">For all of them; what runs then is stopped by force.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="cancellationToken">Ends the waiting, not the shutdown.</param>
    Task<IReadOnlyList<OperationView>> ShutDownNodeAsync(TimeSpan limit, Caller caller, CancellationToken cancellationToken = default);

    /// <summary>An operation that is under way or ended within the last 24 hours; null when there is none.</summary>
    Task<OperationView?> FindOperationAsync(OperationId operation, CancellationToken cancellationToken = default);

    /// <summary>Every operation that is under way, oldest first.</summary>
    IReadOnlyList<OperationView> Operations();

    /// <summary>Returns when the operation has ended; null when there is none.</summary>
    Task<OperationView?> WaitForEndAsync(OperationId operation, CancellationToken cancellationToken = default);

    /// <summary>
    /// Returns the first view of a VM, from the current one on, that satisfies the condition; the view is null while
    /// the VM is not defined.
    /// </summary>
    Task<VmView?> WaitForViewAsync(VmId vm, Func<VmView?, bool> condition, CancellationToken cancellationToken = default);

    /// <summary>A VM's journal, readable, with the refused and ignored inputs; empty when the id was never used.</summary>
    Task<IReadOnlyList<HistoryEntry>> HistoryAsync(VmId vm, CancellationToken cancellationToken = default);

    /// <summary>
    /// What happens, in the order of the journal and without a gap: from after a position, or from now on when it is
    /// null. Ends when cancelled or when the supervisor stops.
    /// </summary>
    IAsyncEnumerable<VmEvent> EventsAsync(long? afterPosition, CancellationToken cancellationToken = default);
}
