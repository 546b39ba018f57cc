using VmSupervisor.Journal.Sqlite;
using VmSupervisor.Journal.Sqlite.Native;
using VmSupervisor.Supervisor.Journal.Sqlite.Tests.Children;

namespace VmSupervisor.Supervisor.Journal.Sqlite.Tests;

public sealed class DurabilityTests
{
    [Fact(Timeout = 120_000)]
    public async Task Every_acknowledged_event_is_there_after_SIGKILL()
    {
        using var directory = new TempDirectory();
        var path = directory.File("journal.db");
        var random = new Random(20260101);
        var acknowledged = new Dictionary<string, long>();
        for (var life = 0; life < 5; life++)
        {
            using (var child = ChildProcess.Start("child-appender", path))
            {
                for (var lines = random.Next(1, 300); lines > 0; lines--)
                    Note(acknowledged, await child.ReadLineAsync());
                await child.KillAsync();
                foreach (var line in (await child.Output.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                    Note(acknowledged, line);
            }
            await Verify(path, acknowledged);
        }
    }

    [Fact]
    public void A_commit_is_synced_before_it_is_answered()
    {
        using var directory = new TempDirectory();
        using var database = new JournalFile(new SqliteJournalOptions { Path = directory.File("journal.db") }, null).Open();
        Assert.Equal("wal", database.QueryText("PRAGMA journal_mode"));
        Assert.Equal(2, database.QueryNumber("PRAGMA synchronous"));
    }

    private static void Note(Dictionary<string, long> acknowledged, string line)
    {
        var parts = line.Split(' ');
        Assert.Equal(3, parts.Length);
        var version = long.Parse(parts[1]);
        Assert.True(acknowledged.GetValueOrDefault(parts[0]) < version, $"{line}: acknowledged twice");
        acknowledged[parts[0]] = version;
    }

    private static async Task Verify(string path, Dictionary<string, long> acknowledged)
    {
        await using (var journal = TestJournal.Open(path))
        {
            for (var i = 0; i < Appender.Streams; i++)
            {
                var id = $"vm-{i}";
                var events = await journal.ListAsync(id);
                Assert.InRange(events.Count, acknowledged.GetValueOrDefault(id), long.MaxValue);
                Assert.Equal(Enumerable.Range(1, events.Count).Select(v => (long)v), events.Select(e => e.Version));
                Assert.All(events, e => Assert.Equal(Appender.Content(id, e.Version), e.Payload.Text()));
                Assert.Equal(events.Count, await journal.HighestVersionAsync(id));
                // Three events were appended from each version divisible by four: never one or two of them.
                Assert.NotInRange(events.Count % 4, 1, 2);
                acknowledged[id] = events.Count;
            }
            var all = await journal.ReadAllAsync(0, int.MaxValue);
            Assert.Equal(all.Select(e => e.Position).Order(), all.Select(e => e.Position));
        }
        using var database = Database.Open(path, Access.ReadOnly, TimeSpan.FromSeconds(10));
        Assert.Equal("ok", database.QueryText("PRAGMA integrity_check"));
    }
}
