using Microsoft.Extensions.Logging;
using VmSupervisor.Actors.Persistence;
using VmSupervisor.Actors.Persistence.Batching;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Vms.Journal;

/// <summary>Upkeep of a journal that can be copied and examined while it is in use.</summary>
internal sealed partial class NodeJournal(string node, IJournal journal, ILogger logger) : INodeJournal
{
    private IJournalUpkeep Upkeep => journal as IJournalUpkeep
        ?? throw new JournalException("this journal is not copied and examined by the supervisor: use the means of its database");

    /// <inheritdoc/>
    public async Task<JournalView> VerifyAsync(CancellationToken cancellationToken = default)
    {
        var view = ViewOf(await Upkeep.VerifyAsync(VmEventSerializer.Instance, cancellationToken));
        if (view.Faults.Count > 0)
            LogDamaged(view.File, string.Join("; ", view.Faults));
        return view;
    }

    /// <inheritdoc/>
    public async Task<JournalView> BackUpAsync(string file, Caller caller, CancellationToken cancellationToken = default)
    {
        var view = ViewOf(await Upkeep.BackUpAsync(file, node, cancellationToken));
        LogBackedUp(view.File, view.Position, view.Bytes, caller.Name);
        return view;
    }

    /// <summary>What others see of a report.</summary>
    public static JournalView ViewOf(JournalReport report, string? replaced = null) => new(
        report.File, report.Backup is null ? "journal" : "backup", report.Bytes, report.Streams, report.Events, report.Position,
        report.Identity?.Journal, report.Identity?.Epoch, report.Backup?.Source, report.Backup?.TakenAt, report.Backup?.Sha256, replaced,
        report.Faults.ToValueList());

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "the journal was backed up to {File}: {Position} is its last position, {Bytes} bytes, asked by {Caller}")]
    private partial void LogBackedUp(string file, long position, long bytes, string caller);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "the journal {File} is damaged: {Faults}")]
    private partial void LogDamaged(string file, string faults);
}
