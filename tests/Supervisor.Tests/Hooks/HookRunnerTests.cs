using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Supervisor.Tests.Linux;

namespace VmSupervisor.Supervisor.Tests.Hooks;

public sealed class HookRunnerTests : IDisposable
{
    private readonly HookFixture hooks = new();

    public void Dispose() => hooks.Dispose();

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task Hooks_run_in_order_with_their_arguments_and_environment()
    {
        var first = hooks.Script("echo \"$0 $# $1 $2\"; env | grep -v ^PWD= | sort; cat");
        var second = hooks.Script("echo second >&2", "a second\none");

        var outcome = await hooks.Supervisor().RunAsync(hooks.Request(first, second), CancellationToken.None);

        Assert.Equal(new HookOutcome(HookStatus.Succeeded, "", $"""
            {first} 2 104 pre-start
            HOME={Environment.GetEnvironmentVariable("HOME") ?? "/"}
            LANG=C.UTF-8
            PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
            VMSUP_CAUSE=api-start
            VMSUP_INCARNATION=3
            VMSUP_KEY=104-3-pre-start@node-a
            VMSUP_NAME=web-1
            VMSUP_NODE=node-a
            VMSUP_OPERATION=op-7
            VMSUP_PHASE=pre-start
            VMSUP_VM=104
            second

            """), outcome);
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task A_hook_has_a_session_of_its_own_default_signals_and_only_the_lock()
    {
        var hook = hooks.Script("read -r stat </proc/$$/stat; echo \"$$ $stat\"; grep -E '^Sig(Blk|Ign)' /proc/$$/status; ls -1 /proc/$$/fd");

        var outcome = await hooks.Supervisor().RunAsync(hooks.Request(hook), CancellationToken.None);

        var lines = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var stat = lines[0].Split(' ');
        Assert.Equal((stat[0], stat[0]), (stat[5], stat[6])); // its group, its session
        Assert.Equal(["SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000"], lines[1..3]);
        Assert.Equal(["0", "1", "10", "2", "9"], lines[3..]); // 10 is the shell's own, for its script
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task A_hook_that_fails_ends_the_phase_and_is_named()
    {
        var good = hooks.Script("echo good", "good");
        var bad = hooks.Script("echo bad; exit 3", "bad");
        var never = hooks.Script("echo never", "never");

        var outcome = await hooks.Supervisor().RunAsync(hooks.Request(good, bad, never), CancellationToken.None);

        Assert.Equal(new HookOutcome(HookStatus.Failed, $"hook {bad}: ended with exit code 3", "good\nbad\n"), outcome);
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task A_hook_that_is_killed_by_a_signal_has_failed()
    {
        var hook = hooks.Script("kill -SEGV $$");
        var outcome = await hooks.Supervisor().RunAsync(hooks.Request(hook), CancellationToken.None);
        Assert.Equal((HookStatus.Failed, $"hook {hook}: ended by signal 11"), (outcome.Status, outcome.Detail));
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task A_hook_that_cannot_be_run_is_told_in_one_line()
    {
        var missing = await hooks.Supervisor().RunAsync(hooks.Request("/nowhere/a\nhook"), CancellationToken.None);
        Assert.Equal(
            (HookStatus.Failed, "hook /nowhere/a\\nhook: there is no such file; create it or take it out of the VM's hooks"),
            (missing.Status, missing.Detail));

        await File.WriteAllTextAsync(hooks.File("plain"), "");
        var plain = await hooks.Supervisor().RunAsync(
            hooks.Request(hooks.File("plain")) with { Phase = HookPhase.PostStop }, CancellationToken.None);
        Assert.Equal(
            (HookStatus.Failed, $"hook {hooks.File("plain")}: it is not executable; chmod +x it or take it out of the VM's hooks"),
            (plain.Status, plain.Detail));
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task A_phase_without_hooks_succeeds_and_leaves_nothing()
    {
        var outcome = await hooks.Supervisor().RunAsync(hooks.Request(), CancellationToken.None);

        Assert.Equal(new HookOutcome(HookStatus.Succeeded, "", ""), outcome);
        Assert.Empty(Directory.GetFileSystemEntries(hooks.Root));
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task Only_the_first_of_the_output_is_kept_and_the_hook_is_not_held_up()
    {
        var hook = hooks.Script("head -c 50000000 /dev/zero | tr '\\0' x; echo end >\"$ROOT/end\"");

        var outcome = await hooks.Supervisor().RunAsync(hooks.Request(hook), CancellationToken.None);

        Assert.Equal((HookStatus.Succeeded, new string('x', 16384)), (outcome.Status, outcome.Output));
        Assert.Equal("end\n", hooks.Read("end"));
        Assert.Equal(16384, new FileInfo(hooks.OfPhase("output")).Length);
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task A_hook_over_its_limit_is_killed_with_all_its_children_though_it_ignores_signals()
    {
        var hook = hooks.Script("""
            trap '' TERM INT HUP ALRM
            sleep 1000 & echo $! >"$ROOT/child"
            echo $$ >"$ROOT/hook"
            echo working
            wait
            sleep 1000
            """);
        var never = hooks.Script("echo never", "never");

        var outcome = await hooks.Supervisor().RunAsync(hooks.Request(TimeSpan.FromSeconds(1), hook, never), CancellationToken.None);

        Assert.Equal(new HookOutcome(HookStatus.TimedOut, $"hook {hook}: killed when the phase's time limit was over", "working\n"), outcome);
        await hooks.Dies("hook");
        await hooks.Dies("child");
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task What_a_hook_leaves_in_its_group_is_killed_when_it_ends()
    {
        var hook = hooks.Script("sleep 1000 & echo $! >\"$ROOT/child\"; echo done");

        var outcome = await hooks.Supervisor().RunAsync(hooks.Request(hook), CancellationToken.None);

        Assert.Equal(new HookOutcome(HookStatus.Succeeded, "", "done\n"), outcome);
        await hooks.Dies("child");
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task A_daemon_that_a_hook_starts_lives_on_and_does_not_hold_up_the_phase()
    {
        var hook = hooks.Script("setsid sleep 1000 & echo $! >\"$ROOT/daemon\"; echo started; exec sleep 0.1");

        var outcome = await hooks.Supervisor().RunAsync(hooks.Request(hook), CancellationToken.None);

        Assert.Equal(new HookOutcome(HookStatus.Succeeded, "", "started\n"), outcome);
        Assert.True(hooks.Lives("daemon"));
        hooks.Kill(int.Parse(hooks.Read("daemon")));
        await hooks.Dies("daemon");
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task Twenty_at_once_in_two_supervisors_run_it_once_and_all_learn_the_outcome()
    {
        var request = hooks.Request(hooks.Script("echo run >>\"$ROOT/runs\"; echo out; exit 5"));
        var supervisors = new[] { hooks.Supervisor(), hooks.Supervisor() };

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => supervisors[i % 2].RunAsync(request, CancellationToken.None)));

        Assert.Equal("run\n", hooks.Read("runs"));
        Assert.Equal("out\n", Assert.Single(outcomes.Distinct()).Output);
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task Phases_and_incarnations_are_apart_and_the_old_are_forgotten()
    {
        var request = hooks.Request(hooks.Script("echo \"$VMSUP_INCARNATION $2\" >>\"$ROOT/runs\""));
        var supervisor = hooks.Supervisor();
        foreach (var incarnation in new long[] { 3, 4, 10 })
        {
            await supervisor.RunAsync(request with { Incarnation = new Incarnation(incarnation) }, CancellationToken.None);
            await supervisor.RunAsync(request with { Incarnation = new Incarnation(incarnation), Phase = HookPhase.PreStop }, CancellationToken.None);
        }

        Assert.Equal("3 pre-start\n3 pre-stop\n4 pre-start\n4 pre-stop\n10 pre-start\n10 pre-stop\n", hooks.Read("runs"));
        await supervisor.ForgetAsync(request.Vm, new Incarnation(4), CancellationToken.None);
        Assert.Equal([hooks.File("hooks/104/10")], Directory.GetDirectories(hooks.File("hooks/104")));
        await supervisor.ForgetAsync(new VmId(5), new Incarnation(4), CancellationToken.None);
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task A_state_directory_that_cannot_be_written_fails_the_phase()
    {
        await File.WriteAllTextAsync(hooks.File("hooks"), "in the way");

        var outcome = await hooks.Supervisor().RunAsync(hooks.Request(hooks.Script("exit 0")), CancellationToken.None);

        Assert.Equal(HookStatus.Failed, outcome.Status);
        Assert.StartsWith("pre-start hooks: ", outcome.Detail);
    }
}
