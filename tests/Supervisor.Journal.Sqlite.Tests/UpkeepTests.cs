using System.Text;
using VmSupervisor.Actors.Persistence;
using VmSupervisor.Journal.Sqlite;
using VmSupervisor.Journal.Sqlite.Native;

namespace VmSupervisor.Supervisor.Journal.Sqlite.Tests;

/// <summary>Backups, what is found wrong with them and with journals, and their way back.</summary>
public sealed class UpkeepTests : IDisposable
{
    private readonly TempDirectory directory = new();

    private string Journal => directory.File("journal.db");

    private string Backup => directory.File("backup.db");

    [Fact]
    public async Task A_backup_is_the_journal_at_one_moment_while_writers_go_on()
    {
        await using var journal = TestJournal.Open(Journal);
        await AppendAsync(journal, "vm-1", 0, 50);
        using var stop = new CancellationTokenSource();
        var writing = WriteUntilAsync(journal, stop.Token);
        var report = await journal.BackUpAsync(Backup, "node-a");
        await stop.CancelAsync();
        var written = await writing;
        Assert.InRange(report.Events, 50, 50 + written);
        Assert.Equal(("node-a", journal.Identity), (report.Backup!.Source, report.Identity));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Backup));

        var verified = JournalFiles.Verify(Backup, new Serializer());
        Assert.Empty(verified.Faults);
        Assert.Equal((report.Events, report.Position, report.Backup.Sha256), (verified.Events, verified.Position, verified.Backup!.Sha256));
        Assert.Equal(["backup.db", "journal.db", "journal.db-shm", "journal.db-wal"], Directory.GetFiles(directory.Path).Select(Path.GetFileName).Order());
        Assert.Empty((await journal.VerifyAsync(new Serializer())).Faults);
    }

    [Fact]
    public async Task Nothing_is_overwritten_and_nothing_is_left_of_a_backup_that_failed()
    {
        await using var journal = TestJournal.Open(Journal);
        File.WriteAllText(Backup, "mine");
        await Assert.ThrowsAsync<IOException>(() => journal.BackUpAsync(Backup, "a"));
        Assert.Equal("mine", File.ReadAllText(Backup));
        await Assert.ThrowsAsync<IOException>(() => journal.BackUpAsync(directory.File("nowhere/b.db"), "a"));
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => journal.BackUpAsync(directory.File("b.db"), "a", gone.Token));
        Assert.Equal(["backup.db"], Directory.GetFiles(directory.Path, "*b*.db*").Select(Path.GetFileName).Where(f => !f!.StartsWith("journal", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Every_byte_of_a_backup_is_covered_by_its_checksum()
    {
        await MakeBackupAsync();
        var content = File.ReadAllBytes(Backup);
        for (var at = 20; at < content.Length; at += 101)
        {
            var damaged = (byte[])content.Clone();
            damaged[at] ^= 0x10;
            AssertFault(damaged, "");
        }

        AssertFault([.. content[..4096], .. content[8192..]], "bytes, and had");
        AssertFault([.. content, .. "more"u8], "its last line");
        AssertFault("not a journal, and quite a bit longer than the header of one, so that this is what is found to be wrong with it"u8.ToArray(), "not an SQLite database");
    }

    [Theory]
    [InlineData("DELETE FROM events WHERE version = 3", "events are missing: vm-1: its events are 9, numbered 1 to 10")]
    [InlineData("DELETE FROM events WHERE version = 1", "events are missing: vm-1: its events are 9, numbered 2 to 10")]
    [InlineData("UPDATE events SET payload = x'ff' WHERE version = 3", "vm-1: event 3, vm.started, cannot be read: broken")]
    [InlineData("UPDATE events SET type = 'vm.teleported' WHERE version = 3", "vm-1: event 3, vm.teleported version 1, is of a newer program")]
    [InlineData("PRAGMA foreign_keys = OFF; DELETE FROM streams", "names streams that do not exist")]
    [InlineData("DELETE FROM identity", "it has 0 identities")]
    public async Task What_is_missing_or_cannot_be_read_is_told(string damage, string fault)
    {
        await using (var journal = TestJournal.Open(Journal))
            await AppendAsync(journal, "vm-1", 0, 10);
        using (var database = Database.Open(Journal, Access.ReadWrite, TimeSpan.Zero))
            database.Execute(damage);
        Assert.Contains(JournalFiles.Verify(Journal, new Serializer()).Faults, found => found.Contains(fault));
    }

    [Fact]
    public async Task Deleted_beginnings_are_no_gap()
    {
        await using var journal = TestJournal.Open(Journal);
        await AppendAsync(journal, "vm-1", 0, 10);
        await journal.DeleteEventsAsync("vm-1", 4);
        Assert.Empty((await journal.VerifyAsync(new Serializer())).Faults);
    }

    [Fact]
    public async Task A_restored_journal_is_the_same_one_in_another_epoch_and_the_former_is_kept()
    {
        JournalIdentity before;
        await using (var journal = TestJournal.Open(Journal))
        {
            before = journal.Identity;
            await AppendAsync(journal, "vm-1", 0, 10);
            await journal.BackUpAsync(Backup, "a");
            await AppendAsync(journal, "vm-1", 10, 5);
        }

        var (identity, aside) = JournalFiles.Restore(Backup, Journal, TestJournal.Noon);
        Assert.Equal(directory.File("journal.db.replaced-20260102T120000Z"), aside);
        Assert.Equal(15, JournalFiles.Verify(aside!, new Serializer()).Events);
        Assert.Equal(before.Journal, identity.Journal);
        Assert.NotEqual(before.Epoch, identity.Epoch);
        await using (var journal = TestJournal.Open(Journal))
        {
            Assert.Equal(identity, journal.Identity);
            Assert.Equal(10, await journal.HighestVersionAsync("vm-1"));
            await AppendAsync(journal, "vm-1", 10, 1);
        }

        var (again, second) = JournalFiles.Restore(Backup, Journal, TestJournal.Noon);
        Assert.NotEqual(identity.Epoch, again.Epoch);
        Assert.Equal(aside + "-1", second);
    }

    [Fact]
    public async Task A_restore_replaces_a_journal_that_cannot_be_opened_and_its_log()
    {
        await MakeBackupAsync();
        File.WriteAllText(Journal, "rubbish");
        File.WriteAllText(Journal + "-wal", "rubbish, too");
        var (_, aside) = JournalFiles.Restore(Backup, Journal, TestJournal.Noon);
        Assert.Equal(("rubbish", "rubbish, too"), (File.ReadAllText(aside!), File.ReadAllText(aside + "-wal")));
        await using var journal = TestJournal.Open(Journal);
        Assert.Equal(10, await journal.HighestVersionAsync("vm-1"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_an_interrupted_restore_no_journal_is_opened_or_made_until_it_is_done(bool formerIsThere)
    {
        await MakeBackupAsync();
        if (formerIsThere)
            File.Copy(Backup, Journal);
        File.WriteAllText(Journal + ".restoring", "half");
        Assert.Contains("a restore was interrupted", Assert.Throws<JournalFileException>(() => TestJournal.Open(Journal)).Message);
        JournalFiles.Restore(Backup, Journal, TestJournal.Noon);
        await using var journal = TestJournal.Open(Journal);
        Assert.Equal(10, await journal.HighestVersionAsync("vm-1"));
    }

    public void Dispose() => directory.Dispose();

    private async Task MakeBackupAsync()
    {
        var source = directory.File("source.db");
        await using (var journal = TestJournal.Open(source))
        {
            await AppendAsync(journal, "vm-1", 0, 10);
            await journal.BackUpAsync(Backup, "a");
        }

        File.Delete(source);
    }

    private void AssertFault(byte[] content, string fault)
    {
        var file = directory.File("damaged.db");
        File.WriteAllBytes(file, content);
        Assert.Contains(JournalFiles.Verify(file, new Serializer()).Faults, found => found.Contains(fault));
    }

    private static async Task AppendAsync(SqliteJournal journal, string id, long version, int count)
    {
        for (var i = 0; i < count; i++)
            await journal.MustAppendAsync(TestJournal.Append(id, version + i, new string('x', 200)));
    }

    private static async Task<int> WriteUntilAsync(SqliteJournal journal, CancellationToken stop)
    {
        var version = 0;
        while (!stop.IsCancellationRequested)
            await journal.MustAppendAsync(TestJournal.Append("vm-2", version++, "written meanwhile"));
        return version;
    }

    private sealed class Serializer : IEventSerializer
    {
        public SerializedEvent Serialize(object value) => throw new NotSupportedException();

        public object Deserialize(string type, int schemaVersion, ReadOnlyMemory<byte> payload) => type != "vm.started"
            ? throw new UnknownEventException(type, schemaVersion)
            : payload.Span is [0xff, ..] ? throw new FormatException("broken") : Encoding.UTF8.GetString(payload.Span);
    }
}
