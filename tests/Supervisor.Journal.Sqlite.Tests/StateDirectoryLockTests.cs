using System.Diagnostics;
using VmSupervisor.Journal.Sqlite;
using VmSupervisor.Supervisor.Journal.Sqlite.Tests.Children;

namespace VmSupervisor.Supervisor.Journal.Sqlite.Tests;

public sealed class StateDirectoryLockTests
{
    [Fact(Timeout = 120_000)]
    public async Task SIGKILL_of_the_holder_frees_the_directory_though_its_guests_live_on()
    {
        using var directory = new TempDirectory();
        using var holder = ChildProcess.Start("child-lock-holder", directory.Path, "node-a");
        using var guest = Process.GetProcessById(int.Parse(await holder.ReadLineAsync()));
        try
        {
            Assert.Null(StateDirectoryLock.TryAcquire(directory.Path, "node-b", out var found));
            Assert.Equal(new StateDirectoryHolder(holder.Pid, "node-a"), found);

            await holder.KillAsync();
            using var claim = StateDirectoryLock.TryAcquire(directory.Path, "node-b", out found);
            Assert.NotNull(claim);
            Assert.False(guest.HasExited, "the guest should have outlived its supervisor");
        }
        finally
        {
            guest.Kill();
        }
    }

    [Fact]
    public void A_second_claim_is_refused_even_within_one_process()
    {
        using var directory = new TempDirectory();
        using var claim = StateDirectoryLock.TryAcquire(directory.Path, "node-a", out _);
        Assert.NotNull(claim);
        Assert.Null(StateDirectoryLock.TryAcquire(directory.Path, "node-a", out var holder));
        Assert.Equal(new StateDirectoryHolder(Environment.ProcessId, "node-a"), holder);
    }

    [Fact]
    public void A_released_directory_can_be_claimed_again_under_another_name()
    {
        using var directory = new TempDirectory();
        StateDirectoryLock.TryAcquire(directory.Path, "a-node-with-a-long-name", out _)!.Dispose();
        using var claim = StateDirectoryLock.TryAcquire(directory.Path, "b", out _);
        Assert.NotNull(claim);
        StateDirectoryLock.TryAcquire(directory.Path, "c", out var holder);
        Assert.Equal("b", holder?.Node);
    }

    [Fact]
    public void A_missing_directory_is_created_for_the_owner_alone()
    {
        using var directory = new TempDirectory();
        var state = directory.File("state");
        using var claim = StateDirectoryLock.TryAcquire(state, "node-a", out _);
        Assert.NotNull(claim);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(state));
    }

    [Fact]
    public void What_keeps_the_lock_from_being_taken_is_said()
    {
        using var directory = new TempDirectory();
        Directory.CreateDirectory(directory.File("lock"));
        var error = Assert.Throws<IOException>(() => StateDirectoryLock.TryAcquire(directory.Path, "node-a", out _));
        Assert.Contains("lock cannot be opened: Is a directory", error.Message);
    }
}
