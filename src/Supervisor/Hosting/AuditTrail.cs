using VmSupervisor.Actors.Persistence;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Vms;
using VmSupervisor.Vms.Journal;
using VmSupervisor.Vms.Views;

namespace VmSupervisor.Hosting;

/// <summary>The audit trail beside the journal, bounded as all notes are.</summary>
internal sealed class AuditTrail(IJournal journal, VmBoard board, TimeProvider time) : IAuditTrail
{
    /// <summary>No VM's stream.</summary>
    private const string Node = "node";

    private const int Shown = 1000;

    public async Task AddAsync(VmId? vm, string type, string by, string what, CancellationToken cancellationToken = default)
    {
        var stream = vm is { } known ? StreamName.Of(known) : Node;
        var life = vm is null ? null : board.Find($"{vm}")?.Incarnation;
        var version = vm is null ? 0 : await journal.HighestVersionAsync(stream, cancellationToken);
        var note = new InputNote(type, life ?? default, null, by, what);
        await journal.AddNoteAsync(new JournalNote(stream, version, note.ToBytes(), time.GetUtcNow()), cancellationToken);
    }

    public async Task<IReadOnlyList<HistoryEntry>> OfNodeAsync(CancellationToken cancellationToken = default) =>
    [
        .. (await journal.ReadNotesAsync(Node, Shown, cancellationToken)).Select(note => HistoryEntries.Of(InputNote.FromBytes(note.Payload), note.AtVersion, note.At)),
    ];
}
