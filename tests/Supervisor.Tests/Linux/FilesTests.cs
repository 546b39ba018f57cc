using VmSupervisor.Linux;

namespace VmSupervisor.Supervisor.Tests.Linux;

public sealed class FilesTests : IDisposable
{
    private readonly LinuxFixture linux = new();

    public void Dispose() => linux.Dispose();

    [Fact]
    public void Replacing_leaves_the_new_content_and_nothing_beside_it()
    {
        DurableFile.Replace(linux.File("file"), "one");
        DurableFile.Replace(linux.File("file"), "two");

        Assert.Equal("two", File.ReadAllText(linux.File("file")));
        Assert.Equal([linux.File("file")], Directory.GetFiles(linux.Root));
    }

    [Fact]
    public void A_file_that_somebody_has_locked_can_be_read()
    {
        File.WriteAllText(linux.File("file"), "content");
        using var locked = FileLock.TryAcquire(linux.File("file"));

        Assert.Equal("content", PlainFile.Read(linux.File("file")));
        Assert.Null(PlainFile.Read(linux.File("none")));
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task Of_many_who_create_a_file_one_wins_and_its_content_stays()
    {
        using var together = new Barrier(16);
        var threads = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Factory.StartNew(
            () =>
            {
                together.SignalAndWait();
                return DurableFile.TryCreate(linux.File("claim"), $"{i}") ? i : -1;
            },
            TaskCreationOptions.LongRunning)));

        var winner = Assert.Single(threads, i => i >= 0);
        Assert.Equal($"{winner}", await File.ReadAllTextAsync(linux.File("claim")));
        Assert.Equal([linux.File("claim")], Directory.GetFiles(linux.Root));
    }

    [Fact]
    public void What_cannot_be_written_is_told_and_leaves_nothing()
    {
        Directory.CreateDirectory(linux.File("taken"));

        Assert.ThrowsAny<IOException>(() => DurableFile.Replace(linux.File("taken"), "x"));
        Assert.StartsWith("cannot open /nowhere/file", Assert.Throws<IOException>(() => DurableFile.TryCreate("/nowhere/file", "x")).Message);
        Assert.Empty(Directory.GetFiles(linux.Root));
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task A_file_that_appears_is_seen_whether_it_is_made_or_moved_in()
    {
        var made = linux.Appears("made");
        var moved = linux.Appears("moved");
        Assert.False(made.IsCompleted);

        await File.WriteAllTextAsync(linux.File("made"), "");
        await made;
        Assert.False(moved.IsCompleted);
        File.Move(linux.File("made"), linux.File("moved"));
        await moved;
        await linux.Appears("moved");
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task Many_may_wait_at_once_for_files_in_one_directory_and_in_many()
    {
        // More than there may be inotify instances.
        var waits = Enumerable.Range(0, 300).Select(i =>
        {
            Directory.CreateDirectory(linux.File($"{i / 3}"));
            return linux.Appears($"{i / 3}/{i % 3}");
        }).ToList();

        for (var i = 0; i < waits.Count; i++)
            await File.WriteAllTextAsync(linux.File($"{i / 3}/{i % 3}"), "");

        await Task.WhenAll(waits);
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task Waiting_for_a_file_ends_with_its_directory_or_its_token()
    {
        Directory.CreateDirectory(linux.File("gone"));
        using var cancel = new CancellationTokenSource();
        var inGone = linux.Appears("gone/file");
        var cancelled = FileAppearance.WaitAsync(linux.File("never"), linux.Readiness, cancel.Token);

        Directory.Delete(linux.File("gone"));
        await cancel.CancelAsync();

        Assert.Contains("its directory is gone", (await Assert.ThrowsAsync<IOException>(() => inGone)).Message);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
    }
}
