using VmSupervisor.Domain;

namespace VmSupervisor.Supervisor.Tests.Domain;

public sealed class StartTests
{
    [Fact]
    public void A_start_runs_pre_start_then_brings_up_then_continues_then_runs_post_start()
    {
        var vm = VmDriver.Defined(hooks: true);
        var start = vm.Ask(new Wish.Start(false));
        Assert.Equal(HookPhase.PreStart, Assert.IsType<Effect.RunHooks>(Assert.Single(vm.Effects)).Phase);
        vm.HookEnds(HookPhase.PreStart);
        Assert.IsType<Effect.BringUp>(Assert.Single(vm.Effects));
        vm.Launches();
        Assert.Contains(vm.Effects, e => e is Effect.Continue);
        Assert.Contains(vm.Effects, e => e is Effect.WatchExit);
        vm.See(n => new Observation.Continued(n));
        Assert.Contains(vm.Effects, e => e is Effect.RunHooks { Phase: HookPhase.PostStart });
        Assert.False(vm.HasEnded(start));
        vm.HookEnds(HookPhase.PostStart);
        Assert.Equal(GuestState.Running, vm.In<Running>().Life.Guest);
        Assert.Equal(Ending.Succeeded, vm.EndOf(start).Ending);
    }

    [Fact]
    public void The_identity_is_journaled_before_the_guest_runs_an_instruction()
    {
        var vm = VmDriver.Defined();
        vm.Ask(new Wish.Start(false));
        Assert.DoesNotContain(vm.Effects, e => e is Effect.Continue);
        vm.Launches();
        Assert.IsType<Event.Launched>(vm.Journal[^2]);
        Assert.Contains(vm.Effects, e => e is Effect.Continue);
    }

    [Fact]
    public void A_start_with_its_cpus_stopped_is_up_without_continue()
    {
        var vm = VmDriver.Defined();
        var start = vm.Ask(new Wish.Start(true));
        vm.Launches();
        Assert.Equal(GuestState.Prelaunch, vm.In<Running>().Life.Guest);
        Assert.Equal(Ending.Succeeded, vm.EndOf(start).Ending);
    }

    [Fact]
    public void A_second_start_ends_with_the_first()
    {
        var vm = VmDriver.Defined();
        var first = vm.Ask(new Wish.Start(false));
        var second = vm.Ask(new Wish.Start(false));
        vm.Launches();
        vm.See(n => new Observation.Continued(n));
        Assert.Equal(Ending.Succeeded, vm.EndOf(first).Ending);
        Assert.Equal(Ending.Succeeded, vm.EndOf(second).Ending);
        Assert.Equal(1, vm.Incarnation.Value);
    }

    [Theory]
    [InlineData(HookStatus.Failed)]
    [InlineData(HookStatus.TimedOut)]
    [InlineData(HookStatus.Unknown)]
    internal void A_pre_start_hook_that_did_not_succeed_vetoes_and_post_stop_still_runs(HookStatus status)
    {
        var vm = VmDriver.Defined(hooks: true);
        var start = vm.Ask(new Wish.Start(false));
        vm.HookEnds(HookPhase.PreStart, status);
        vm.Phase<StopPhase.PostStop>();
        Assert.False(vm.HasEnded(start), "the start ends when everything is given back");
        vm.HookEnds(HookPhase.PostStop);
        Assert.Equal(Cause.StartFailed, vm.In<CleanedUp>().Cause);
        Assert.Equal(Ending.Failed, vm.EndOf(start).Ending);
        Assert.Contains("pre-start hook", vm.EndOf(start).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_bring_up_extinguishes_then_releases_backwards_then_runs_post_stop()
    {
        var vm = VmDriver.Defined(hooks: true);
        var start = vm.Ask(new Wish.Start(false));
        vm.HookEnds(HookPhase.PreStart);
        vm.See(n => new Observation.BringUpFailed(n, "disk0: it does not exist"));
        vm.Phase<StopPhase.Extinguish>();
        vm.See(n => new Observation.Extinguished(n, ProcessExit.Unknowable));
        Assert.Equal(["disk0", "run-directory"], vm.Phase<StopPhase.Clean>().Steps.Select(s => s.Name));
        vm.Releases();
        vm.Phase<StopPhase.PostStop>();
        vm.HookEnds(HookPhase.PostStop);
        Assert.Equal("disk0: it does not exist", vm.EndOf(start).Detail);
        Assert.DoesNotContain(vm.Journal, e => e is Event.HookEnded { Phase: HookPhase.PreStop or HookPhase.PostStart });
    }

    [Fact]
    public void A_stop_before_pre_start_began_owes_no_post_stop()
    {
        var vm = VmDriver.Defined(hooks: true);
        var start = vm.Ask(new Wish.Start(false));
        var stop = vm.Ask(new Wish.Stop(false));
        vm.Phase<StopPhase.EndHook>();
        vm.HookEnds(HookPhase.PreStart, HookStatus.NeverBegan);
        vm.In<CleanedUp>();
        Assert.Equal(Ending.Superseded, vm.EndOf(start).Ending);
        Assert.Equal(Ending.Succeeded, vm.EndOf(stop).Ending);
    }

    [Fact]
    public void A_stop_that_kills_pre_start_owes_post_stop()
    {
        var vm = VmDriver.Defined(hooks: true);
        vm.Ask(new Wish.Start(false));
        vm.Ask(new Wish.Stop(false));
        vm.HookEnds(HookPhase.PreStart, HookStatus.Killed);
        vm.Phase<StopPhase.PostStop>();
    }

    [Fact]
    public void A_stop_during_bring_up_extinguishes_whatever_was_spawned()
    {
        var vm = VmDriver.Defined();
        vm.Ask(new Wish.Start(false));
        vm.Ask(new Wish.Stop(false));
        Assert.Equal([new Effect.Extinguish(vm.Incarnation)], vm.Effects);
        vm.Launches();
        Assert.Contains("Ignored", vm.Decision<Decision.Ignored>(), StringComparison.Ordinal);
        vm.See(n => new Observation.Extinguished(n, ProcessExit.Unknowable));
        vm.Releases();
        Assert.Equal(Cause.ApiStop, vm.In<CleanedUp>().Cause);
    }

    [Fact]
    public void A_stop_during_post_start_ends_that_hook_before_pre_stop_begins()
    {
        var vm = VmDriver.Defined(hooks: true);
        vm.Ask(new Wish.Start(false));
        vm.HookEnds(HookPhase.PreStart);
        vm.Launches();
        vm.See(n => new Observation.Continued(n));
        vm.Ask(new Wish.Stop(false));
        Assert.Equal(HookPhase.PostStart, vm.Phase<StopPhase.EndHook>().Hook);
        vm.HookEnds(HookPhase.PostStart, HookStatus.Killed);
        Assert.Equal(vm.Limits.ForcedPreStop, vm.Phase<StopPhase.PreStop>().Limit);
        vm.HookEnds(HookPhase.PreStop);
        vm.Phase<StopPhase.Quit>();
    }

    [Fact]
    public void An_exit_between_launch_and_continue_is_a_failed_start()
    {
        var vm = VmDriver.Defined();
        var start = vm.Ask(new Wish.Start(false));
        vm.Launches();
        vm.Exits();
        vm.Releases();
        Assert.Equal(Cause.StartFailed, vm.In<CleanedUp>().Cause);
        Assert.Equal(Ending.Failed, vm.EndOf(start).Ending);
    }

    [Fact]
    public void A_guest_that_powers_off_during_post_start_was_started_all_the_same()
    {
        var vm = VmDriver.Defined(hooks: true);
        var start = vm.Ask(new Wish.Start(false));
        vm.HookEnds(HookPhase.PreStart);
        vm.Launches();
        vm.See(n => new Observation.Continued(n));
        vm.Guest(GuestState.Shutdown);
        Assert.Equal(Ending.Succeeded, vm.EndOf(start).Ending);
        vm.HookEnds(HookPhase.PostStart, HookStatus.Killed);
        vm.Phase<StopPhase.Quit>();
        Assert.Equal(Cause.GuestShutdown, vm.In<Stopping>().Cause);
    }
}
