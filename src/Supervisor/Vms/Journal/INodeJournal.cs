using VmSupervisor.Actors.Persistence.Batching;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Vms.Journal;

/// <summary>The upkeep of a node's journal, while it is in use.</summary>
public interface INodeJournal
{
    /// <summary>Reads all of it and says what is wrong. It takes seconds for some hundred megabytes; VMs do not wait.</summary>
    /// <exception cref="JournalException">The journal cannot do this by itself.</exception>
    Task<JournalView> VerifyAsync(CancellationToken cancellationToken = default);

    /// <summary>Copies it as it is at one moment into a new file with a checksum; VMs do not wait.</summary>
    /// <param name="file">Where: an absolute path; nothing must be there.</param>
    /// <param name="caller">Who asks, for the log.</param>
    /// <param name="cancellationToken">Gives up; nothing is left then.</param>
    /// <exception cref="IOException">It cannot be written there.</exception>
    /// <exception cref="JournalException">The journal cannot do this by itself.</exception>
    Task<JournalView> BackUpAsync(string file, Caller caller, CancellationToken cancellationToken = default);
}
