using VmSupervisor.Domain;
using VmSupervisor.Linux;

namespace VmSupervisor.Supervisor.Tests.Linux;

public sealed class ExitWatcherTests : IDisposable
{
    private readonly LinuxFixture linux = new();

    public void Dispose() => linux.Dispose();

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task A_childs_exit_code_and_signal_are_told()
    {
        Assert.Equal(new ProcessExit(7, null), (await linux.RunAsync(linux.Shell("exit 7"))).Exit);

        var child = linux.Spawn(linux.Request("/bin/sleep", "1000"));
        Assert.False(child.HasExited);
        Assert.True(child.Signal(Signal.Kill));
        Assert.Equal(new ProcessExit(null, 9), await linux.Exits.WaitAsync(child, CancellationToken.None));
        Assert.True(child.HasExited);
        Assert.False(child.Signal(Signal.Kill));
        Assert.Null(PidFd.Open(child.Pid));
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task All_who_wait_learn_the_status_also_by_another_handle()
    {
        var child = linux.Spawn(linux.Request("/bin/sleep", "1000"));
        using var again = PidFd.Open(child.Pid)!;
        var waits = new[] { child, again, child }.Select(p => linux.Exits.WaitAsync(p, CancellationToken.None)).ToArray();

        child.Signal(Signal.Terminate);

        Assert.All(await Task.WhenAll(waits), exit => Assert.Equal(new ProcessExit(null, 15), exit));
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task Cancelling_gives_up_one_wait_and_the_child_is_reaped_all_the_same()
    {
        var child = linux.Spawn(linux.Request("/bin/sleep", "1000"));
        using var observer = PidFd.Open(child.Pid)!;
        using var cancel = new CancellationTokenSource();
        var wait = linux.Exits.WaitAsync(child, cancel.Token);

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        var later = linux.Exits.WaitAsync(observer, CancellationToken.None);
        child.Signal(Signal.Kill);

        Assert.Equal(new ProcessExit(null, 9), await later);
        Assert.False(child.IsChild);
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task A_handle_disposed_while_it_is_waited_for_still_reports()
    {
        var child = linux.Spawn(linux.Request("/bin/sleep", "1000"));
        var again = PidFd.Open(child.Pid)!;
        var wait = linux.Exits.WaitAsync(again, CancellationToken.None);

        again.Dispose();
        child.Signal(Signal.Kill);

        Assert.Equal(new ProcessExit(null, 9), await wait);
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task The_exit_of_somebody_elses_child_is_seen_with_unknown_status()
    {
        await linux.RunAsync(linux.Shell("sleep 1000 & echo $!"));
        using var orphan = PidFd.Open(int.Parse((await File.ReadAllTextAsync(linux.Output)).Trim()))!;
        var wait = linux.Exits.WaitAsync(orphan, CancellationToken.None);
        Assert.False(wait.IsCompleted);

        orphan.Signal(Signal.Kill);

        Assert.Equal(ProcessExit.Unknowable, await wait);
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task A_hundred_processes_are_watched_at_once()
    {
        var children = Enumerable.Range(0, 100).Select(_ => linux.Spawn(linux.Request("/bin/sleep", "1000"))).ToArray();
        var waits = children.Select(c => linux.Exits.WaitAsync(c, CancellationToken.None)).ToArray();
        Assert.All(waits, wait => Assert.False(wait.IsCompleted));

        foreach (var child in children)
            child.Signal(Signal.Kill);

        Assert.All(await Task.WhenAll(waits), exit => Assert.Equal(new ProcessExit(null, 9), exit));
    }

    [Fact]
    public void There_is_nothing_to_open_where_there_is_no_process() => Assert.Null(PidFd.Open(int.MaxValue));

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task Disposing_cancels_those_who_wait()
    {
        using var readiness = new Readiness();
        var exits = new ExitWatcher(readiness);
        var wait = exits.WaitAsync(linux.Spawn(linux.Request("/bin/sleep", "1000")), CancellationToken.None);

        exits.Dispose();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }
}
