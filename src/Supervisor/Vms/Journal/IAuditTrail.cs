using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Vms.Journal;

/// <summary>What was asked of the supervisor and is no event of a VM: refusals, and changes of the node itself.</summary>
internal interface IAuditTrail
{
    /// <summary>Writes something down in the history of a VM, or of the node.</summary>
    /// <param name="vm">The VM; null for the node.</param>
    /// <param name="type">What kind of entry: <c>refused</c>.</param>
    /// <param name="by">Who asked, and from where.</param>
    /// <param name="what">What was asked and what came of it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Actors.Persistence.Batching.JournalException">It cannot be written.</exception>
    Task AddAsync(VmId? vm, string type, string by, string what, CancellationToken cancellationToken = default);

    /// <summary>The node's own history, oldest first.</summary>
    Task<IReadOnlyList<HistoryEntry>> OfNodeAsync(CancellationToken cancellationToken = default);
}
