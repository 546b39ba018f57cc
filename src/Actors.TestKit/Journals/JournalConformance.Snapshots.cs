using VmSupervisor.Actors.Persistence;

namespace VmSupervisor.Actors.TestKit.Journals;

public abstract partial class JournalConformance
{
    private static void AddSnapshots(Dictionary<string, Func<JournalConformance, Task>> cases)
    {
        cases["The_newest_snapshot_up_to_a_version_is_loaded"] = s => s.WithJournal(s.NewestSnapshot);
        cases["A_snapshot_of_the_same_version_replaces_the_one_before"] = s => s.WithJournal(s.ReplacedSnapshot);
        cases["Snapshots_are_deleted_up_to_a_version"] = s => s.WithJournal(s.DeletedSnapshots);
        cases["A_stream_with_only_a_snapshot_is_listed"] = s => s.WithJournal(s.OnlySnapshot);
    }

    private async Task NewestSnapshot(IJournal journal)
    {
        await MustAppendAsync(journal, Request("a", 0, "1", "2", "3", "4", "5"));
        foreach (var version in new[] { 4, 2, 5 })
        {
            await journal.SaveSnapshotAsync(Snapshot("a", version, $"state {version}"));
        }

        await journal.SaveSnapshotAsync(Snapshot("b", 9, "other"));
        foreach (var (max, expected) in new (long, long?)[] { (long.MaxValue, 5), (5, 5), (4, 4), (3, 2), (2, 2), (1, null) })
        {
            var loaded = await journal.LoadSnapshotAsync("a", max);
            Equal(expected, loaded?.Version, $"snapshot up to {max}");
            if (loaded is not null)
            {
                Equal($"state {expected}", Text(loaded.Payload), "state");
                Equal("test.state", loaded.Type, "type");
                Equal(1, loaded.SchemaVersion, "schema version");
                Equal("a", loaded.PersistenceId, "persistence id");
                Equal(Clock.GetUtcNow().UtcTicks, loaded.At.UtcTicks, "time, to the tick");
            }
        }
    }

    private async Task ReplacedSnapshot(IJournal journal)
    {
        await journal.SaveSnapshotAsync(Snapshot("a", 3, "first"));
        await journal.SaveSnapshotAsync(Snapshot("a", 3, "second"));
        Equal("second", Text(Is<JournalSnapshot>(await journal.LoadSnapshotAsync("a"), "snapshot").Payload), "state");
        Equal(null, await journal.LoadSnapshotAsync("a", 2), "an older snapshot");
    }

    private async Task DeletedSnapshots(IJournal journal)
    {
        foreach (var version in new[] { 1, 2, 3 })
        {
            await journal.SaveSnapshotAsync(Snapshot("a", version, $"{version}"));
            await journal.SaveSnapshotAsync(Snapshot("b", version, $"{version}"));
        }

        await journal.DeleteSnapshotsAsync("a", 2);
        Equal(3, (await journal.LoadSnapshotAsync("a"))?.Version, "newest snapshot");
        Equal(null, await journal.LoadSnapshotAsync("a", 2), "an older snapshot");
        Equal(2, (await journal.LoadSnapshotAsync("b", 2))?.Version, "the snapshot of another stream");
        await journal.DeleteSnapshotsAsync("a", long.MaxValue);
        Equal(null, await journal.LoadSnapshotAsync("a"), "any snapshot");
    }

    private async Task OnlySnapshot(IJournal journal)
    {
        await MustAppendAsync(journal, Request("b", 0, "1"));
        await journal.SaveSnapshotAsync(Snapshot("b", 1, "state"));
        await journal.SaveSnapshotAsync(Snapshot("a", 1, "state"));
        await journal.DeleteEventsAsync("b", 1);
        Equal("a|b", string.Join("|", await journal.PersistenceIdsAsync()), "persistence ids");
        Equal(0, await journal.HighestVersionAsync("a"), "highest version of a stream that has no event");
        await journal.DeleteSnapshotsAsync("b", 1);
        Equal("a", string.Join("|", await journal.PersistenceIdsAsync()), "persistence ids");
        Equal(1, await journal.HighestVersionAsync("b"), "highest version");
    }
}
