using VmSupervisor.Contracts;
using VmSupervisor.Domain;

namespace VmSupervisor.Supervisor.Tests.Domain;

public sealed class StopTests
{
    [Fact]
    public void A_forced_stop_runs_pre_stop_quits_kills_after_half_a_second_and_cleans_only_after_the_exit()
    {
        var vm = VmDriver.RunningVm(hooks: true);
        var stop = vm.Ask(new Wish.Stop(false));
        Assert.Equal(TimeSpan.FromSeconds(2), vm.Phase<StopPhase.PreStop>().Limit);
        vm.HookEnds(HookPhase.PreStop);
        Assert.Equal(vm.Now + TimeSpan.FromMilliseconds(500), vm.Phase<StopPhase.Quit>().Deadline);
        vm.DeadlinePasses();
        vm.Phase<StopPhase.Kill>();
        Assert.Contains(vm.Effects, e => e is Effect.Kill);
        Assert.DoesNotContain(vm.Effects, e => e is Effect.Release);
        vm.Exits();
        vm.Releases();
        vm.HookEnds(HookPhase.PostStop);
        vm.In<CleanedUp>();
        Assert.Equal(Ending.Succeeded, vm.EndOf(stop).Ending);
    }

    [Fact]
    public void A_process_that_does_not_die_keeps_its_volumes_and_says_so()
    {
        var vm = VmDriver.RunningVm();
        vm.Ask(new Wish.Stop(false));
        vm.DeadlinePasses();
        vm.DeadlinePasses();
        Assert.Contains("does not die", Assert.Single(vm.In<Stopping>().Problems), StringComparison.Ordinal);
        vm.Phase<StopPhase.Kill>();
        Assert.Empty(vm.Effects.OfType<Effect.WaitUntil>());
        vm.Ask(new Wish.Start(false));
        vm.Phase<StopPhase.Kill>();
        vm.Exits();
        Assert.Empty(vm.In<Stopping>().Problems);
        vm.Releases();
        vm.In<Starting>();
    }

    [Fact]
    public void A_shutdown_asks_the_guest_and_quits_when_it_has_powered_off()
    {
        var vm = VmDriver.RunningVm();
        var shutdown = vm.Ask(new Wish.Shutdown(null, null, false));
        Assert.Equal(vm.Now + TimeSpan.FromSeconds(60), vm.Phase<StopPhase.AskGuest>().Deadline);
        vm.Guest(GuestState.Shutdown);
        Assert.False(vm.Phase<StopPhase.Quit>().Forced);
        vm.Exits();
        vm.Releases();
        Assert.Equal(Ending.Succeeded, vm.EndOf(shutdown).Ending);
        Assert.Equal(Cause.ApiStop, vm.In<CleanedUp>().Cause);
    }

    [Fact]
    public void A_shutdown_that_takes_too_long_has_failed_and_the_vm_goes_on()
    {
        var vm = VmDriver.RunningVm(hooks: true);
        var shutdown = vm.Ask(new Wish.Shutdown(TimeSpan.FromSeconds(5), null, false));
        vm.HookEnds(HookPhase.PreStop);
        vm.DeadlinePasses();
        Assert.Equal(Ending.TimedOut, vm.EndOf(shutdown).Ending);
        vm.In<Running>();

        // Pre-stop has run; it runs at most once in a life.
        vm.Ask(new Wish.Stop(false));
        vm.Phase<StopPhase.Quit>();
    }

    [Fact]
    public void A_shutdown_with_force_kills_when_patience_ends()
    {
        var vm = VmDriver.RunningVm();
        vm.Ask(new Wish.Shutdown(null, TimeSpan.FromSeconds(5), false));
        vm.DeadlinePasses();
        Assert.True(vm.Phase<StopPhase.Quit>().Forced);
        vm.Guest(GuestState.Paused);
        vm.Phase<StopPhase.Quit>();
        vm.DeadlinePasses();
        vm.Phase<StopPhase.Kill>();
    }

    [Fact]
    public void A_forced_stop_overrides_a_slow_shutdown_at_once_with_the_same_single_cleanup()
    {
        var vm = VmDriver.RunningVm();
        var shutdown = vm.Ask(new Wish.Shutdown(null, null, false));
        var stop = vm.Ask(new Wish.Stop(false));
        Assert.Equal(Ending.Superseded, vm.EndOf(shutdown).Ending);
        vm.Phase<StopPhase.Quit>();
        vm.Exits();
        vm.Releases();
        Assert.Equal(Ending.Succeeded, vm.EndOf(stop).Ending);
        Assert.Single(vm.Journal.OfType<Event.CleanedUp>());
    }

    [Fact]
    public void A_second_forced_stop_skips_pre_stop()
    {
        var vm = VmDriver.RunningVm(hooks: true);
        vm.Ask(new Wish.Stop(false));
        vm.Ask(new Wish.Stop(false));
        Assert.Equal(HookPhase.PreStop, vm.Phase<StopPhase.EndHook>().Hook);
        vm.HookEnds(HookPhase.PreStop, HookStatus.Killed);
        vm.Phase<StopPhase.Quit>();
    }

    [Fact]
    public void A_forced_stop_during_the_pre_stop_of_a_shutdown_gives_it_two_more_seconds()
    {
        var vm = VmDriver.RunningVm(hooks: true);
        vm.Ask(new Wish.Shutdown(null, null, false));
        var before = Assert.Single(vm.Effects.OfType<Effect.RunHooks>());
        vm.Ask(new Wish.Stop(false));
        Assert.Equal(before, Assert.Single(vm.Effects.OfType<Effect.RunHooks>()));
        Assert.Equal(vm.Now + TimeSpan.FromSeconds(2), Assert.Single(vm.Effects.OfType<Effect.WaitUntil>()).Deadline);
        vm.DeadlinePasses();
        vm.Phase<StopPhase.EndHook>();
    }

    [Fact]
    public void A_start_while_stopping_is_carried_out_after_the_cleanup()
    {
        var vm = VmDriver.RunningVm();
        vm.Ask(new Wish.Stop(false));
        var start = vm.Ask(new Wish.Start(false));
        vm.Exits();
        vm.Releases();
        Assert.Equal(2, vm.In<Starting>().Life.Number.Value);
        Assert.False(vm.HasEnded(start));
        Assert.True(vm.Journal.FindIndex(e => e is Event.CleanedUp) < vm.Journal.FindLastIndex(e => e is Event.StartAccepted));
    }

    [Fact]
    public void A_stop_beats_a_start_that_waits()
    {
        var vm = VmDriver.RunningVm();
        vm.Ask(new Wish.Stop(false));
        var start = vm.Ask(new Wish.Start(false));
        vm.Ask(new Wish.Stop(false));
        Assert.Equal(Ending.Superseded, vm.EndOf(start).Ending);
        vm.Exits();
        vm.Releases();
        vm.In<CleanedUp>();
    }

    [Fact]
    public void A_step_that_fails_to_release_is_named_and_tried_again_while_the_others_are_done()
    {
        var vm = VmDriver.RunningVm();
        vm.Exits();
        vm.See(n => new Observation.ReleasePassed(n, [new StepFailure("disk0", "busy")]));
        Assert.Equal(["disk0"], vm.Phase<StopPhase.Clean>().Steps.Select(s => s.Name));
        Assert.Equal(1, vm.Phase<StopPhase.Clean>().Attempt);
        Assert.Equal("disk0 could not be released: busy", Assert.Single(vm.In<Stopping>().Problems));
        vm.Releases();
        Assert.Empty(vm.In<CleanedUp>().Problems);
    }

    [Fact]
    public void Volumes_kept_active_stay_kept_whoever_reports_the_exit()
    {
        var vm = VmDriver.RunningVm();
        vm.Ask(new Wish.Stop(true));
        vm.Ask(new Wish.Stop(false));
        vm.Exits();
        Assert.Equal(["run-directory"], vm.Phase<StopPhase.Clean>().Steps.Select(s => s.Name));
        vm.Releases();
        Assert.Equal(["disk0"], vm.In<CleanedUp>().Kept.Select(s => s.Name));
    }

    [Fact]
    public void The_next_start_takes_kept_volumes_over_and_its_cleanup_gives_them_back()
    {
        var vm = VmDriver.RunningVm();
        vm.Ask(new Wish.Stop(true));
        vm.Exits();
        vm.Releases();
        vm.Ask(new Wish.Define(vm.In<CleanedUp>().Definition with { Disks = [] }));
        vm.Ask(new Wish.Start(false));
        var volume = Assert.Single(vm.In<Starting>().Life.Plan.OfType<Step.Volume>());
        Assert.True(volume.TakeOver);
        Assert.Equal("/images/0", volume.Path);
    }

    [Fact]
    public void A_start_that_is_vetoed_leaves_kept_volumes_as_they_were()
    {
        var vm = VmDriver.RunningVm(hooks: true);
        vm.Ask(new Wish.Stop(true));
        vm.HookEnds(HookPhase.PreStop);
        vm.Exits();
        vm.Releases();
        vm.HookEnds(HookPhase.PostStop);
        vm.Ask(new Wish.Start(false));
        vm.HookEnds(HookPhase.PreStart, HookStatus.Failed);
        vm.HookEnds(HookPhase.PostStop);
        Assert.Equal(["disk0"], vm.In<CleanedUp>().Kept.Select(s => s.Name));
    }

    [Fact]
    public void A_stop_without_the_flag_gives_kept_volumes_back_without_hooks()
    {
        var vm = VmDriver.RunningVm(hooks: true);
        vm.Ask(new Wish.Stop(true));
        vm.HookEnds(HookPhase.PreStop);
        vm.Exits();
        vm.Releases();
        vm.HookEnds(HookPhase.PostStop);
        var stop = vm.Ask(new Wish.Stop(false));
        Assert.Equal(["disk0"], vm.Phase<StopPhase.Clean>().Steps.Select(s => s.Name));
        vm.Releases();
        Assert.Empty(vm.In<CleanedUp>().Kept);
        Assert.Equal(Ending.Succeeded, vm.EndOf(stop).Ending);
        Assert.Single(vm.Journal.OfType<Event.HookEnded>(), e => e.Phase == HookPhase.PostStop);
    }

    [Fact]
    public void An_undefine_gives_kept_volumes_back_first()
    {
        var vm = VmDriver.RunningVm();
        vm.Ask(new Wish.Stop(true));
        vm.Exits();
        vm.Releases();
        var undefine = vm.Ask(new Wish.Undefine());
        vm.Phase<StopPhase.Clean>();
        vm.Releases();
        Assert.Equal(1, vm.In<Undefined>().Last.Value);
        Assert.Equal(Ending.Succeeded, vm.EndOf(undefine).Ending);
    }

    [Fact]
    public void A_stop_of_a_cleaned_up_vm_does_nothing()
    {
        var vm = VmDriver.Defined();
        var stop = vm.Ask(new Wish.Stop(false));
        Assert.Equal((Ending.Succeeded, "already stopped"), (vm.EndOf(stop).Ending, vm.EndOf(stop).Detail));
    }

    [Fact]
    public void An_incarnation_number_is_not_used_again_after_undefine()
    {
        var vm = VmDriver.RunningVm();
        var definition = vm.In<Running>().Definition;
        vm.Exits();
        vm.Releases();
        vm.Ask(new Wish.Undefine());
        vm.Ask(new Wish.Define(definition));
        vm.Ask(new Wish.Start(false));
        Assert.Equal(new Incarnation(2), vm.Incarnation);
    }
}
