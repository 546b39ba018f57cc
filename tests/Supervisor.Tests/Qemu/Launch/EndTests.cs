using VmSupervisor.Domain;
using VmSupervisor.Linux;
using VmSupervisor.Qemu;
using VmSupervisor.Qemu.CommandLine;
using VmSupervisor.Supervisor.Tests.Qemu.Qmp;

namespace VmSupervisor.Supervisor.Tests.Qemu.Launch;

[Trait("needs", "qemu")]
public sealed class EndTests
{
    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_SIGKILL_is_seen_with_its_signal_by_all_who_wait()
    {
        await using var host = new QemuFixture();
        var (key, identity) = await host.LaunchAsync();
        var first = host.Hypervisor.WaitForExitAsync(key, identity, default);
        var second = host.Hypervisor.WaitForExitAsync(key, identity, default);
        host.Signal(identity, Signal.Kill);
        Assert.Equal(new ProcessExit(null, 9), await first);
        Assert.Equal(new ProcessExit(null, 9), await second);
        Assert.Equal(new ProcessExit(null, 9), await host.Hypervisor.WaitForExitAsync(key, identity, default));
        Assert.Equal(new ProcessExit(null, 9), await host.Hypervisor.ExtinguishAsync(key, identity, _ => { }, default));
        Assert.Equal(ProcessExit.Unknowable, await host.Hypervisor.WaitForExitAsync(key, identity, default));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_look_at_once_after_SIGKILL_says_dying_every_time()
    {
        await using var host = new QemuFixture();
        for (var i = 0; i < 50; i++)
        {
            var (key, identity) = await host.LaunchAsync();
            Assert.IsType<MonitorResult.Done>(await host.Hypervisor.ContinueAsync(key, default));
            host.Signal(identity, Signal.Kill);
            Assert.IsType<LookResult.Dying>(await host.Hypervisor.LookAsync(key, identity, default));
            await host.Hypervisor.WaitForExitAsync(key, identity, default);
            Assert.IsType<LookResult.Dying>(await host.Hypervisor.LookAsync(key, identity, default));
        }
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_look_by_a_supervisor_that_did_not_launch_it_says_dying_too()
    {
        await using var host = new QemuFixture();
        for (var i = 0; i < 10; i++)
        {
            var (key, identity) = await host.LaunchAsync();

            // The monitor serves one client: the former supervisor's connection goes with it.
            await host.Hypervisor.DisposeAsync();
            var next = host.NewSupervisor();
            if (i % 2 == 0)
                Assert.IsType<LookResult.Answers>(await next.LookAsync(key, identity, default));
            host.Signal(identity, Signal.Kill);
            Assert.IsType<LookResult.Dying>(await next.LookAsync(key, identity, default));
        }
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task Quit_ends_it_in_an_orderly_way()
    {
        await using var host = new QemuFixture();
        var (key, identity) = await host.LaunchAsync();
        Assert.IsType<MonitorResult.Done>(await host.Hypervisor.QuitAsync(key, default));
        Assert.Equal(new ProcessExit(0, null), await host.Hypervisor.WaitForExitAsync(key, identity, default));
        Assert.False(File.Exists(new RunFiles(key.RunDirectory).PidFile));
        Assert.True(Assert.IsType<MonitorResult.Failed>(await host.Hypervisor.ContinueAsync(key, default)).Unreachable);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task SIGTERM_goes_through_the_pidfd()
    {
        await using var host = new QemuFixture();
        var (key, identity) = await host.LaunchAsync();
        await host.Hypervisor.SignalAsync(key, identity with { StartTime = identity.StartTime + 1 }, StopSignal.Kill, default);
        Assert.IsType<LookResult.Answers>(await host.Hypervisor.LookAsync(key, identity, default));
        await host.Hypervisor.SignalAsync(key, identity, StopSignal.Terminate, default);
        Assert.Equal(new ProcessExit(0, null), await host.Hypervisor.WaitForExitAsync(key, identity, default));
        await host.Hypervisor.SignalAsync(key, identity, StopSignal.Kill, default);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_frozen_QEMU_is_unresponsive_within_the_look_s_deadline_and_can_be_extinguished()
    {
        await using var host = new QemuFixture();
        var (key, identity) = await host.LaunchAsync();
        host.Signal(identity, Signal.Stop);
        var began = TimeProvider.System.GetTimestamp();
        Assert.IsType<LookResult.Unresponsive>(await host.Hypervisor.LookAsync(key, identity, default));
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.FromMilliseconds(490), TimeSpan.FromSeconds(10));
        var quit = Assert.IsType<MonitorResult.Failed>(await host.Hypervisor.QuitAsync(key, default));
        Assert.Equal(new("the monitor did not answer within 0.5 s", true), quit);
        Assert.Equal(new ProcessExit(null, 9), await host.Hypervisor.ExtinguishAsync(key, identity, _ => { }, default));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_frozen_QEMU_s_monitor_does_not_hang_a_new_supervisor()
    {
        await using var host = new QemuFixture(o => o with { CommandDeadline = TimeSpan.FromMilliseconds(300) });
        var (key, identity) = await host.LaunchAsync();
        await host.Hypervisor.DisposeAsync();
        host.Signal(identity, Signal.Stop);
        var next = host.NewSupervisor();
        Assert.Equal(new ProbeResult.Alive(identity, null), await next.ProbeAsync(key, identity, default));
        Assert.IsType<LookResult.Unresponsive>(await next.LookAsync(key, identity, default));
        Assert.True(Assert.IsType<MonitorResult.Failed>(await next.ContinueAsync(key, default)).Unreachable);

        // It thaws, and the same session serves again.
        host.Signal(identity, Signal.Continue);
        LookResult look;
        do
        {
            look = await next.LookAsync(key, identity, default);
        }
        while (look is LookResult.Unresponsive);
        Assert.Equal(new LookResult.Answers(GuestState.Prelaunch), look);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_launch_that_is_given_up_at_any_moment_leaves_nothing_after_extinguish()
    {
        await using var host = new QemuFixture();
        var random = new Seeded(20261122);
        for (var i = 0; i < 25; i++)
        {
            var key = host.NewKey();
            using var cancel = new CancellationTokenSource(TimeSpan.FromMicroseconds(random.Below(120_000)), TimeProvider.System);
            if (i == 0)
                await cancel.CancelAsync();
            try
            {
                await host.Hypervisor.LaunchAsync(new(key, QemuFixture.Nano()), cancel.Token);
            }
            catch (OperationCanceledException)
            {
                // That is the point.
            }

            await host.Hypervisor.ExtinguishAsync(key, null, _ => { }, default);
            host.AssertNothingLeft(key);
        }
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task Extinguish_by_a_supervisor_that_knows_nothing_finds_it_by_its_lock()
    {
        await using var host = new QemuFixture();
        var (key, identity) = await host.LaunchAsync();
        Assert.Equal(ProcessExit.Unknowable, await host.NewSupervisor().ExtinguishAsync(key, null, _ => { }, default));
        Assert.Equal(new ProcessExit(null, 9), await host.Hypervisor.WaitForExitAsync(key, identity, default));
        host.AssertNothingLeft(key);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task Extinguish_of_what_never_was_returns_at_once()
    {
        await using var host = new QemuFixture();
        Assert.Equal(ProcessExit.Unknowable, await host.Hypervisor.ExtinguishAsync(host.NewKey(), null, _ => { }, default));
        var gone = host.NewKey() with { RunDirectory = host.Files["gone"] };
        Assert.Equal(ProcessExit.Unknowable, await host.Hypervisor.ExtinguishAsync(gone, null, _ => { }, default));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_stranger_that_holds_the_lock_is_reported_and_not_signalled()
    {
        await using var host = new QemuFixture(o => o with { StuckAfter = TimeSpan.Zero });
        var key = host.NewKey();
        var stranger = Stranger(host, key);
        var told = new TaskCompletionSource<string>();
        var extinguishing = host.Hypervisor.ExtinguishAsync(key, null, reason => told.TrySetResult(reason), default);
        Assert.Equal($"process {stranger.Pid} (/bin/sleep) holds {key.RunDirectory}/lock, and its command line does not name the run directory", await told.Task);
        Assert.False(stranger.HasExited);
        Assert.IsType<ProbeResult.Ambiguous>(await host.Hypervisor.ProbeAsync(key, null, default));
        stranger.Signal(Signal.Kill);
        Assert.Equal(ProcessExit.Unknowable, await extinguishing);
        stranger.Dispose();
    }

    private static PidFd Stranger(QemuFixture host, ProcessKey key)
    {
        using var @lock = FileLock.TryAcquire(new RunFiles(key.RunDirectory).Lock)!;
        return Assert.IsType<SpawnResult.Spawned>(new Spawner().Spawn(
            new("/bin/sleep", ["1000"], [], "/", host.Files["out"], host.Files["out"], [new(@lock.Descriptor, 3)]))).Process;
    }
}
