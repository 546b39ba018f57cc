using VmSupervisor.Domain;
using VmSupervisor.Hooks;
using VmSupervisor.Linux;
using VmSupervisor.Supervisor.Tests.Linux;

namespace VmSupervisor.Supervisor.Tests.Hooks;

public sealed class HookRecoveryTests : IDisposable
{
    private const string Waits = "echo $$ >\"$ROOT/pid\"; echo run >>\"$ROOT/runs\"; : >\"$ROOT/started\"; while [ ! -e \"$ROOT/go\" ]; do sleep 0.01; done; echo went";

    private readonly HookFixture hooks = new();

    public void Dispose() => hooks.Dispose();

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task The_next_supervisor_waits_for_hooks_that_still_run_and_finds_their_result()
    {
        var request = hooks.Request(hooks.Script(Waits));
        await AbandonAsync(request);

        var next = hooks.Supervisor().RunAsync(request, CancellationToken.None);
        Assert.False(next.IsCompleted);
        await File.WriteAllTextAsync(hooks.File("go"), "");

        Assert.Equal(new HookOutcome(HookStatus.Succeeded, "", "went\n"), await next);
        Assert.Equal("run\n", hooks.Read("runs"));

        // A third finds it done.
        Assert.Equal(HookStatus.Succeeded, (await hooks.Supervisor().RunAsync(request, CancellationToken.None)).Status);
        Assert.Equal("run\n", hooks.Read("runs"));
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task The_limit_is_kept_though_no_supervisor_lives()
    {
        var request = hooks.Request(TimeSpan.FromSeconds(1), hooks.Script(Waits));
        await AbandonAsync(request);

        await FileAppearance.WaitAsync(hooks.OfPhase("result"), hooks.Linux.Readiness, CancellationToken.None);

        await hooks.Dies("pid");
        Assert.Equal(HookStatus.TimedOut, (await hooks.Supervisor().RunAsync(request, CancellationToken.None)).Status);
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task A_runner_that_died_without_a_result_leaves_the_outcome_unknown_and_it_is_not_repeated()
    {
        var request = hooks.Request(hooks.Script(Waits));
        await AbandonAsync(request);
        hooks.Kill(Runner());
        hooks.Kill(int.Parse(hooks.Read("pid")));

        var outcome = await hooks.Supervisor().RunAsync(request, CancellationToken.None);

        Assert.Equal((HookStatus.Unknown, "the hooks began, and their runner is gone without a result"), (outcome.Status, outcome.Detail));
        Assert.Equal(outcome, await hooks.Supervisor().RunAsync(request, CancellationToken.None));
        Assert.Equal(outcome, await hooks.Supervisor().EndAsync(request, CancellationToken.None));
        Assert.Equal("run\n", hooks.Read("runs"));
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task A_hook_whose_runner_died_is_killed_when_its_time_is_over()
    {
        var request = hooks.Request(TimeSpan.FromSeconds(1), hooks.Script(Waits));
        await AbandonAsync(request);
        hooks.Kill(Runner());

        var outcome = await hooks.Supervisor().RunAsync(request, CancellationToken.None);

        Assert.Equal((HookStatus.TimedOut, "the hooks: killed when the phase's time limit was over"), (outcome.Status, outcome.Detail));
        await hooks.Dies("pid");
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task Ending_a_phase_kills_it()
    {
        var request = hooks.Request(hooks.Script("trap '' TERM; sleep 1000 & echo $! >\"$ROOT/child\"; " + Waits));
        var running = await StartAsync(request);

        var ended = await hooks.Supervisor().EndAsync(request, CancellationToken.None);

        Assert.Equal((HookStatus.Killed, $"hook {request.Scripts[0]}: killed since it was not wanted any more"), (ended.Status, ended.Detail));
        Assert.Equal(ended, await running);
        await hooks.Dies("pid");
        await hooks.Dies("child");
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task Ending_a_phase_kills_it_though_its_runner_is_dead()
    {
        var request = hooks.Request(hooks.Script(Waits));
        await AbandonAsync(request);
        hooks.Kill(Runner());

        Assert.Equal(HookStatus.Killed, (await hooks.Supervisor().EndAsync(request, CancellationToken.None)).Status);
        await hooks.Dies("pid");
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task Ending_a_phase_kills_it_though_its_runner_does_not_react()
    {
        var request = hooks.Request(hooks.Script(Waits));
        await AbandonAsync(request);
        using (var runner = PidFd.Open(Runner())!)
            runner.Signal(Signal.Stop);

        Assert.Equal(HookStatus.Killed, (await hooks.Supervisor().EndAsync(request, CancellationToken.None)).Status);
        await hooks.Dies("pid");
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task A_phase_that_was_ended_before_it_began_never_begins()
    {
        var request = hooks.Request(hooks.Script("echo run >>\"$ROOT/runs\""));

        Assert.Equal(HookStatus.NeverBegan, (await hooks.Supervisor().EndAsync(request, CancellationToken.None)).Status);

        Assert.Equal(HookStatus.NeverBegan, (await hooks.Supervisor().RunAsync(request, CancellationToken.None)).Status);
        Assert.Equal("", hooks.Read("runs"));
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task A_phase_that_was_called_off_stays_so_though_the_record_of_it_was_lost()
    {
        var request = hooks.Request(hooks.Script("echo run >>\"$ROOT/runs\""));
        await hooks.Supervisor().EndAsync(request, CancellationToken.None);
        File.Delete(hooks.OfPhase("result")); // as if the supervisor had died after the claim

        Assert.Equal(HookStatus.NeverBegan, (await hooks.Supervisor().RunAsync(request, CancellationToken.None)).Status);
        Assert.Equal("", hooks.Read("runs"));
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task A_phase_that_is_done_cannot_be_ended()
    {
        var request = hooks.Request(hooks.Script("exit 0"));
        await hooks.Supervisor().RunAsync(request, CancellationToken.None);

        Assert.Equal(HookStatus.Succeeded, (await hooks.Supervisor().EndAsync(request, CancellationToken.None)).Status);
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task Running_and_ending_at_once_agree_on_one_outcome()
    {
        var script = hooks.Script("echo \"$VMSUP_INCARNATION\" >>\"$ROOT/runs\"");
        for (var i = 1; i <= 20; i++)
        {
            var request = hooks.Request(script) with { Incarnation = new(i) };
            var run = hooks.Supervisor().RunAsync(request, CancellationToken.None);
            var end = hooks.Supervisor().EndAsync(request, CancellationToken.None);

            var outcome = await run;
            Assert.Equal(outcome, await end);
            Assert.Contains(outcome.Status, new[] { HookStatus.Succeeded, HookStatus.Killed, HookStatus.NeverBegan });
            if (outcome.Status != HookStatus.Killed)
                Assert.Equal(outcome.Status == HookStatus.Succeeded, hooks.Read("runs").Split('\n').Contains($"{i}"));
        }
    }

    private int Runner() => int.Parse(File.ReadAllText(hooks.OfPhase("claim")).Split(' ')[2]);

    private async Task<Task<HookOutcome>> StartAsync(HookRequest request)
    {
        var running = hooks.Supervisor().RunAsync(request, CancellationToken.None);
        await hooks.Appears("started");
        return running;
    }

    /// <summary>Runs hooks from a supervisor that is gone once they run.</summary>
    private async Task AbandonAsync(HookRequest request)
    {
        using var gone = new CancellationTokenSource();
        var running = hooks.Supervisor().RunAsync(request, gone.Token);
        await hooks.Appears("started");
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }
}
