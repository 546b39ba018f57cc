using VmSupervisor.Domain;

namespace VmSupervisor.Supervisor.Tests.Domain;

public sealed class RecoveryTests
{
    [Fact]
    public void A_guest_that_lives_is_adopted_and_nothing_else_happens()
    {
        var vm = VmDriver.RunningVm(hooks: true);
        vm.IsRestarted(new Finding.Alive(VmDriver.Process, GuestState.Running));
        Assert.IsType<Event.Adopted>(vm.Journal[^1]);
        vm.In<Running>();
    }

    [Fact]
    public void A_guest_that_powered_off_meanwhile_is_cleaned_once_with_that_cause()
    {
        var vm = VmDriver.RunningVm();
        vm.IsRestarted(new Finding.Alive(VmDriver.Process, GuestState.Shutdown));
        Assert.Equal(Cause.GuestShutdown, vm.In<Stopping>().Cause);
    }

    [Fact]
    public void A_process_that_is_gone_is_a_crash_or_the_host_was_rebooted()
    {
        var crash = VmDriver.RunningVm();
        crash.IsRestarted(new Finding.Gone(false));
        Assert.Equal(Cause.Crash, crash.In<Stopping>().Cause);
        crash.Phase<StopPhase.Clean>();

        var reboot = VmDriver.RunningVm();
        reboot.IsRestarted(new Finding.Gone(true));
        Assert.Equal(Cause.HostReboot, reboot.In<Stopping>().Cause);
        reboot.Phase<StopPhase.Clean>();
    }

    [Fact]
    public void A_launch_that_was_not_recorded_is_given_up_and_found()
    {
        var vm = VmDriver.Defined(hooks: true);
        var start = vm.Ask(new Wish.Start(false));
        vm.HookEnds(HookPhase.PreStart);
        vm.IsRestarted(new Finding.Alive(VmDriver.Process, GuestState.Prelaunch));
        Assert.Equal([new Effect.Extinguish(vm.Incarnation)], vm.Effects);
        vm.See(n => new Observation.Extinguished(n, ProcessExit.Unknowable));
        vm.Releases();
        vm.HookEnds(HookPhase.PostStop);
        Assert.Contains("restarted", vm.EndOf(start).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recorded_launch_goes_on_where_it_was()
    {
        var vm = VmDriver.Defined();
        vm.Ask(new Wish.Start(false));
        vm.Launches();
        vm.IsRestarted(new Finding.Alive(VmDriver.Process, GuestState.Prelaunch));
        Assert.Contains(vm.Effects, e => e is Effect.Continue);
    }

    [Fact]
    public void A_reset_whose_answer_was_lost_is_not_repeated_and_a_pause_is()
    {
        var vm = VmDriver.RunningVm();
        var reset = vm.Ask(new Wish.Guest(GuestRequest.Reset));
        var pause = vm.Ask(new Wish.Guest(GuestRequest.Pause));
        vm.IsRestarted(new Finding.Alive(VmDriver.Process, GuestState.Running));
        Assert.Equal(Ending.Failed, vm.EndOf(reset).Ending);
        Assert.Equal(pause, Assert.Single(vm.Effects.OfType<Effect.Ask>()).Operation.Value);
    }

    [Fact]
    public void What_is_ambiguous_is_shown_and_nothing_is_signalled()
    {
        var vm = VmDriver.RunningVm();
        vm.IsRestarted(new Finding.Ambiguous("pid 7 has its run directory and another start time"));
        Assert.Single(vm.In<Running>().Problems);
        Assert.DoesNotContain(vm.Effects, e => e is Effect.Kill or Effect.Terminate or Effect.Extinguish);
    }

    [Fact]
    public void An_exit_during_a_stop_is_found_after_the_restart()
    {
        var vm = VmDriver.RunningVm();
        vm.Ask(new Wish.Shutdown(null, null, false));
        vm.IsRestarted(new Finding.Gone(false));
        vm.Phase<StopPhase.Clean>();
    }
}
