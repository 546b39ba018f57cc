using VmSupervisor.Linux;

namespace VmSupervisor.Supervisor.Tests.Linux;

public sealed class FileLockTests : IDisposable
{
    private readonly LinuxFixture linux = new();

    public void Dispose() => linux.Dispose();

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task Only_one_has_the_lock()
    {
        using (Assert.IsType<FileLock>(FileLock.TryAcquire(linux.File("lock"))))
            Assert.Null(FileLock.TryAcquire(linux.File("lock")));
        using var again = await Acquire(CancellationToken.None);
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task A_child_that_inherited_the_lock_holds_it_until_it_is_dead()
    {
        var held = FileLock.TryAcquire(linux.File("lock"))!;
        var child = linux.Spawn(linux.Request("/bin/sleep", "1000") with { Inherited = [new(held.Descriptor, 3)] });
        held.Dispose();
        Assert.Null(FileLock.TryAcquire(linux.File("lock")));
        var waiting = Acquire(CancellationToken.None);
        Assert.False(waiting.IsCompleted);

        child.Signal(Signal.Kill);

        using var taken = await waiting;
        Assert.Null(FileLock.TryAcquire(linux.File("lock")));
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task Waiting_for_the_lock_can_be_cancelled_and_leaves_it_alone()
    {
        using var cancel = new CancellationTokenSource();
        var held = FileLock.TryAcquire(linux.File("lock"))!;
        var waiting = Acquire(cancel.Token);

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        held.Dispose();

        // Not at once: tests beside this one spawn, and what they fork has a copy until it has exec'd.
        using var free = await Acquire(CancellationToken.None);
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task Many_who_wait_get_it_one_after_the_other()
    {
        var inside = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            using var mine = await Acquire(CancellationToken.None);
            Assert.Equal(1, Interlocked.Increment(ref inside));
            await Task.Yield();
            Interlocked.Decrement(ref inside);
        }));
    }

    [Fact]
    public void A_lock_that_cannot_be_made_says_where() =>
        Assert.Equal("cannot open /nowhere/lock: No such file or directory", Assert.Throws<IOException>(() => FileLock.TryAcquire("/nowhere/lock")).Message);

    private Task<FileLock> Acquire(CancellationToken cancellationToken) =>
        FileLock.AcquireAsync(linux.File("lock"), linux.Readiness, TimeProvider.System, cancellationToken);
}
