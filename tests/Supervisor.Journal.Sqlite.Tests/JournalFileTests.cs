using VmSupervisor.Journal.Sqlite;
using VmSupervisor.Journal.Sqlite.Native;

namespace VmSupervisor.Supervisor.Journal.Sqlite.Tests;

public sealed class JournalFileTests
{
    [Fact]
    public async Task A_new_journal_is_for_its_owner_alone_and_can_be_opened_again()
    {
        using var directory = new TempDirectory();
        var path = directory.File("journal.db");
        await using (var journal = TestJournal.Open(path))
        {
            await journal.MustAppendAsync(TestJournal.Append("vm-1", 0, "one"));
            foreach (var file in Directory.GetFiles(directory.Path))
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
        Assert.Equal([path], Directory.GetFiles(directory.Path));
        await using var again = TestJournal.Open(path);
        Assert.Equal(1, await again.HighestVersionAsync("vm-1"));
    }

    [Fact]
    public void An_empty_file_is_refused() => Refused([], "the file is empty");

    [Fact]
    public void A_text_file_is_refused() =>
        Refused("the diary of an administrator, in which there is a long entry about every day of the year, weekends included"u8.ToArray(), "not an SQLite database");

    [Fact]
    public void The_database_of_another_program_is_refused() =>
        Refused(Database("CREATE TABLE customers (name TEXT); PRAGMA application_id = 77"), "another program (application id 0x0000004d)");

    [Fact]
    public void A_newer_schema_is_refused() =>
        Refused(Database($"{Schema.Create} PRAGMA application_id = {Schema.ApplicationId}; PRAGMA user_version = 7"),
            "newer version (schema 7, this one knows up to 2)");

    [Fact]
    public void A_schema_that_lacks_a_table_is_refused() =>
        Refused(Database($"PRAGMA application_id = {Schema.ApplicationId}; PRAGMA user_version = {Schema.Version}; CREATE TABLE streams (id)"), "damaged (SQLite: no such");

    [Fact]
    public void An_older_schema_that_lacks_a_table_is_refused() =>
        Refused(Database($"PRAGMA application_id = {Schema.ApplicationId}; PRAGMA user_version = 1; CREATE TABLE streams (id)"), "damaged (SQLite: no such");

    [Fact]
    public async Task A_journal_of_the_first_schema_is_taken_over_with_the_kinds_of_its_events()
    {
        using var directory = new TempDirectory();
        var path = directory.File("journal.db");
        const string first = "DROP TABLE identity; DROP TABLE kinds;";
        const string events = """
            INSERT INTO streams (persistence_id) VALUES ('vm-1');
            INSERT INTO events (stream, version, type, schema_version, at, payload) VALUES (1, 1, 'vm.started', 1, 0, x'6f6e65'), (1, 2, 'vm.ended', 3, 0, x'74776f');
            """;
        File.WriteAllBytes(path, Database($"{Schema.Create} {first} {events} PRAGMA application_id = {Schema.ApplicationId}; PRAGMA user_version = 1"));
        string epoch;
        await using (var journal = TestJournal.Open(path))
        {
            Assert.Equal([new("vm.ended", 3), new("vm.started", 1)], (await journal.EventKindsAsync()).OrderBy(k => k.Type));
            Assert.Equal(["one", "two"], (await journal.ListAsync("vm-1")).Select(e => e.Payload.Text()));
            epoch = journal.Identity.Epoch;
        }

        await using var again = TestJournal.Open(path);
        Assert.Equal(epoch, again.Identity.Epoch);
        Assert.Equal(32, epoch.Length);
    }

    [Fact]
    public async Task A_damaged_journal_is_refused_and_left_as_it_is()
    {
        using var directory = new TempDirectory();
        var path = directory.File("journal.db");
        await using (var journal = TestJournal.Open(path))
        {
            for (var version = 0; version < 200; version++)
                await journal.MustAppendAsync(TestJournal.Append("vm-1", version, new string('x', 500)));
        }
        var content = File.ReadAllBytes(path);
        content.AsSpan(4096, content.Length - 4096 * 4).Fill(0xA5);
        Refused(content, "damaged");
    }

    [Fact]
    public void A_missing_file_whose_log_is_there_is_not_made_anew()
    {
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory.File("journal.db-wal"), [1, 2, 3]);
        var error = Assert.Throws<JournalFileException>(() => TestJournal.Open(directory.File("journal.db")));
        Assert.Contains("its log", error.Message);
        Assert.False(File.Exists(directory.File("journal.db")));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(directory.File("journal.db-wal")));
    }

    [Fact]
    public void A_missing_directory_is_named()
    {
        using var directory = new TempDirectory();
        var error = Assert.Throws<JournalFileException>(() => TestJournal.Open(directory.File("nowhere/journal.db")));
        Assert.Contains($"there is no directory {directory.File("nowhere")}", error.Message);
    }

    [Fact]
    public async Task What_an_interrupted_creation_left_does_not_matter()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory.File("journal.db.creating"), "half a journal");
        await using var journal = TestJournal.Open(directory.File("journal.db"));
        Assert.False(File.Exists(directory.File("journal.db.creating")));
    }

    private static byte[] Database(string sql)
    {
        using var directory = new TempDirectory();
        using (var database = VmSupervisor.Journal.Sqlite.Native.Database.Open(directory.File("other.db"), Access.Create, TimeSpan.Zero))
            database.Execute(sql);
        return File.ReadAllBytes(directory.File("other.db"));
    }

    private static void Refused(byte[] content, string because)
    {
        using var directory = new TempDirectory();
        var path = directory.File("journal.db");
        File.WriteAllBytes(path, content);
        var written = File.GetLastWriteTimeUtc(path);
        var error = Assert.Throws<JournalFileException>(() => TestJournal.Open(path, with: options => options with { ReserveBytes = 1 << 16 }));
        Assert.Contains(because, error.Message);
        Assert.Contains("What to do: ", error.Message);
        Assert.Equal(content, File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(directory.Path));
        Assert.Equal(written, File.GetLastWriteTimeUtc(path));
    }
}
