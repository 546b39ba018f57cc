using VmSupervisor.Actors.Persistence;
using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Vms.Journal;

namespace VmSupervisor.Hosting;

/// <summary>Notes removals in the history of the VM whose leftovers they were.</summary>
internal sealed class LeftoverNotes(IJournal journal, TimeProvider time)
{
    public async Task AddAsync(VmId vm, Incarnation life, string by, string what, CancellationToken cancellationToken)
    {
        var stream = StreamName.Of(vm);
        var version = await journal.HighestVersionAsync(stream, cancellationToken);
        var note = new InputNote("leftover-removed", life, null, by, what);
        await journal.AddNoteAsync(new JournalNote(stream, version, note.ToBytes(), time.GetUtcNow()), cancellationToken);
    }
}
