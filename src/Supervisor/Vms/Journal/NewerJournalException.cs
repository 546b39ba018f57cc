using VmSupervisor.Actors.Persistence;
using VmSupervisor.Actors.Persistence.Batching;

namespace VmSupervisor.Vms.Journal;

/// <summary>The journal has events of a newer program, see ADR 6.</summary>
internal sealed class NewerJournalException(string message) : JournalException(message)
{
    /// <summary>Throws when there are events that this program cannot read.</summary>
    public static async Task ThrowIfNewerAsync(IJournal journal, string version, CancellationToken cancellationToken)
    {
        var unknown = (await journal.EventKindsAsync(cancellationToken))
            .Where(kind => EventTypes.Find(kind.Type, kind.SchemaVersion) is null)
            .Select(kind => $"{kind.Type} version {kind.SchemaVersion}")
            .Order(StringComparer.Ordinal)
            .ToArray();
        if (unknown.Length == 0)
            return;
        throw new NewerJournalException(
            $"the journal has events that this vmsupd ({version}) does not know: {string.Join(", ", unknown)}; a newer one wrote them. "
            + "Nothing was touched. What to do: start the newer vmsupd, or restore the backup made before the upgrade (vmsup journal restore)");
    }
}
