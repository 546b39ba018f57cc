namespace VmSupervisor.Contracts.Views;

/// <summary>A journal or a backup of one: what it holds, and what is wrong with it. The field names are fixed.</summary>
/// <param name="File">Where it is.</param>
/// <param name="Kind"><c>journal</c> or <c>backup</c>.</param>
/// <param name="Bytes">The size of the file.</param>
/// <param name="Streams">How many VMs have a history in it.</param>
/// <param name="Events">How many events there are.</param>
/// <param name="Position">The position of the last one.</param>
/// <param name="Journal">Which journal it is; a restore does not change that. Null when it cannot be read.</param>
/// <param name="Epoch">Another one after every restore; null when it cannot be read.</param>
/// <param name="Node">The node whose backup it is; null for a journal.</param>
/// <param name="TakenAt">When the backup was taken; null for a journal.</param>
/// <param name="Sha256">The checksum in the backup's last line; null for a journal.</param>
/// <param name="Replaced">Where the journal is now that a restore has replaced; null when none was.</param>
/// <param name="Faults">What is wrong, a line each; empty when nothing is.</param>
public sealed record JournalView(
    string File,
    string Kind,
    long Bytes,
    long Streams,
    long Events,
    long Position,
    string? Journal,
    string? Epoch,
    string? Node,
    DateTimeOffset? TakenAt,
    string? Sha256,
    string? Replaced,
    ValueList<string> Faults);

/// <summary>Where a backup of the journal is to be.</summary>
/// <param name="File">An absolute path on the daemon's machine; nothing must be there.</param>
public sealed record BackupRequest(string File);
