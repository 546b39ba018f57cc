using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;

namespace VmSupervisor.Supervisor.Tests.Domain;

public sealed class RunningTests
{
    [Fact]
    public void A_start_on_a_running_vm_looks_at_the_process_and_does_nothing()
    {
        var vm = VmDriver.RunningVm();
        var start = vm.Ask(new Wish.Start(false));
        var look = Assert.Single(vm.Effects.OfType<Effect.Look>());
        vm.See(n => new Observation.Looked(n, look.Operation, new Sight.Answers(GuestState.Running)));
        Assert.Equal("already running", vm.EndOf(start).Detail);
        vm.In<Running>();
    }

    [Fact]
    public void A_start_that_finds_the_process_dying_is_the_crash_report()
    {
        var vm = VmDriver.RunningVm(hooks: true);
        var start = vm.Ask(new Wish.Start(false));
        vm.See(n => new Observation.Looked(n, vm.Effects.OfType<Effect.Look>().Single().Operation, new Sight.Dying()));
        vm.Phase<StopPhase.AwaitExit>();
        vm.Exits();
        vm.Releases();
        vm.HookEnds(HookPhase.PostStop);
        Assert.Equal(2, vm.In<Starting>().Life.Number.Value);
        var cleaned = Assert.Single(vm.Journal.OfType<Event.CleanedUp>());
        Assert.Equal((1, Cause.Crash), (cleaned.Incarnation.Value, cleaned.Cause));
        Assert.False(vm.HasEnded(start));
        vm.See(new Observation.ProcessExited(cleaned.Incarnation, ProcessExit.Unknowable));
        Assert.True(Assert.IsType<Decision.Ignored>(vm.Last).Late);
    }

    [Fact]
    public void An_exit_that_overtakes_the_look_hands_the_start_on_to_the_next_life()
    {
        var vm = VmDriver.RunningVm();
        vm.Ask(new Wish.Start(true));
        vm.Exits();
        vm.Releases();
        Assert.True(vm.In<Starting>().Life.Paused);
    }

    [Fact]
    public void Each_start_gets_a_look_of_its_own_that_begins_after_it()
    {
        var vm = VmDriver.RunningVm();
        var first = vm.Ask(new Wish.Start(false));
        var second = vm.Ask(new Wish.Start(false));
        Assert.Equal(2, vm.Effects.OfType<Effect.Look>().Count());
        vm.See(n => new Observation.Looked(n, vm.Effects.OfType<Effect.Look>().First().Operation, new Sight.Answers(GuestState.Running)));
        Assert.True(vm.HasEnded(first));
        Assert.False(vm.HasEnded(second));
    }

    [Fact]
    public void A_start_on_an_unresponsive_monitor_is_refused()
    {
        var vm = VmDriver.RunningVm();
        var start = vm.Ask(new Wish.Start(false));
        vm.See(n => new Observation.Looked(n, vm.Effects.OfType<Effect.Look>().Single().Operation, new Sight.Unresponsive()));
        Assert.Equal(Ending.Refused, vm.EndOf(start).Ending);
        Assert.Contains("monitor unresponsive", vm.EndOf(start).Detail, StringComparison.Ordinal);
        vm.In<Running>();
    }

    [Fact]
    public void A_start_that_finds_the_guest_powered_off_cleans_up_and_starts_again()
    {
        var vm = VmDriver.RunningVm();
        vm.Ask(new Wish.Start(false));
        vm.See(n => new Observation.Looked(n, vm.Effects.OfType<Effect.Look>().Single().Operation, new Sight.Answers(GuestState.Shutdown)));
        vm.Phase<StopPhase.Quit>();
        vm.Exits();
        vm.Releases();
        Assert.Equal(2, vm.In<Starting>().Life.Number.Value);
    }

    [Fact]
    public void A_crash_runs_post_stop_and_not_pre_stop()
    {
        var vm = VmDriver.RunningVm(hooks: true);
        vm.Exits();
        vm.Phase<StopPhase.Clean>();
        vm.Releases();
        vm.HookEnds(HookPhase.PostStop);
        Assert.Equal(Cause.Crash, vm.In<CleanedUp>().Cause);
        Assert.DoesNotContain(vm.Journal, e => e is Event.HookEnded { Phase: HookPhase.PreStop });
    }

    [Fact]
    public void The_end_of_the_monitor_is_not_an_exit()
    {
        var vm = VmDriver.RunningVm();
        vm.See(n => new Observation.MonitorClosed(n, "EOF"));
        vm.In<Running>();
    }

    [Fact]
    public void A_panic_ends_the_life_unless_it_is_to_be_preserved()
    {
        var stops = VmDriver.RunningVm();
        stops.Guest(GuestState.Panicked);
        Assert.Equal(Cause.GuestPanic, stops.In<Stopping>().Cause);

        var keeps = VmDriver.RunningVm(change: d => d with { OnPanic = PanicPolicy.Preserve });
        keeps.Guest(GuestState.Panicked);
        Assert.Equal(GuestState.Panicked, keeps.In<Running>().Life.Guest);
    }

    [Fact]
    public void Pause_and_resume_are_asked_one_after_the_other()
    {
        var vm = VmDriver.RunningVm();
        var pause = vm.Ask(new Wish.Guest(GuestRequest.Pause));
        var resume = vm.Ask(new Wish.Guest(GuestRequest.Resume));
        var ask = Assert.Single(vm.Effects.OfType<Effect.Ask>());
        Assert.Equal(pause, ask.Operation.Value);
        vm.See(n => new Observation.RequestAnswered(n, ask.Operation, null));
        Assert.Equal(GuestState.Paused, vm.In<Running>().Life.Guest);
        Assert.Equal(resume, Assert.Single(vm.Effects.OfType<Effect.Ask>()).Operation.Value);
    }

    [Fact]
    public void A_changed_definition_waits_for_the_next_life()
    {
        var vm = VmDriver.RunningVm();
        var changed = vm.In<Running>().Definition with { Cpus = 4 };
        var define = vm.Ask(new Wish.Define(changed));
        Assert.Equal("takes effect at the next start", vm.EndOf(define).Detail);
        Assert.Equal(1, vm.In<Running>().Life.Definition.Cpus);
        vm.Exits();
        vm.Releases();
        vm.Ask(new Wish.Start(false));
        Assert.Equal(4, vm.In<Starting>().Life.Definition.Cpus);
    }

    [Fact]
    public void An_undefine_is_refused_while_running() => Undefine_is_refused(VmDriver.RunningVm());

    private static void Undefine_is_refused(VmDriver vm)
    {
        vm.Ask(new Wish.Undefine());
        Assert.Contains("stop it first", vm.Decision<Decision.Refused>(), StringComparison.Ordinal);
    }
}
