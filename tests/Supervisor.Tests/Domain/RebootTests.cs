using VmSupervisor.Contracts;
using VmSupervisor.Domain;

namespace VmSupervisor.Supervisor.Tests.Domain;

public sealed class RebootTests
{
    private static readonly Wish.Reboot Reboot = new(null, null);

    [Fact]
    public void A_reboot_asks_the_guest_cleans_up_and_begins_the_next_life()
    {
        var vm = VmDriver.RunningVm(hooks: true);
        var reboot = vm.Ask(Reboot);
        vm.HookEnds(HookPhase.PreStop);
        vm.Phase<StopPhase.AskGuest>();
        vm.Guest(GuestState.Shutdown);
        vm.Exits();
        vm.Releases();
        vm.HookEnds(HookPhase.PostStop);
        Assert.Equal((2L, Cause.ApiReboot), (vm.Incarnation.Value, vm.In<Starting>().Life.Cause));
        Assert.Equal(Cause.ApiReboot, Assert.Single(vm.Journal.OfType<Event.CleanedUp>()).Cause);
        Assert.False(vm.HasEnded(reboot));

        vm.HookEnds(HookPhase.PreStart);
        vm.Launches();
        vm.See(n => new Observation.Continued(n));
        vm.HookEnds(HookPhase.PostStart);
        Assert.Equal(Ending.Succeeded, vm.EndOf(reboot).Ending);
    }

    [Fact]
    public void A_changed_definition_takes_effect_with_it()
    {
        var vm = VmDriver.RunningVm();
        vm.Ask(new Wish.Define(vm.In<Running>().Definition with { Cpus = 4 }));
        vm.Ask(Reboot);
        vm.Guest(GuestState.Shutdown);
        vm.Exits();
        vm.Releases();
        Assert.Equal(4, vm.In<Starting>().Life.Definition.Cpus);
    }

    [Fact]
    public void A_guest_that_does_not_go_down_in_time_fails_it_and_a_late_power_off_is_a_power_off()
    {
        var vm = VmDriver.RunningVm();
        var reboot = vm.Ask(new Wish.Reboot(TimeSpan.FromSeconds(5), null));
        vm.DeadlinePasses();
        Assert.Equal(Ending.TimedOut, vm.EndOf(reboot).Ending);
        vm.In<Running>();
        vm.Guest(GuestState.Shutdown);
        vm.Exits();
        vm.Releases();
        Assert.Equal(Cause.GuestShutdown, vm.In<CleanedUp>().Cause);
    }

    [Fact]
    public void With_force_it_becomes_a_stop_and_a_start()
    {
        var vm = VmDriver.RunningVm();
        vm.Ask(new Wish.Reboot(null, TimeSpan.FromSeconds(5)));
        vm.DeadlinePasses();
        Assert.True(vm.Phase<StopPhase.Quit>().Forced);
        vm.Exits();
        vm.Releases();
        vm.In<Starting>();
    }

    [Fact]
    public void A_stop_or_shutdown_meanwhile_overrules_it()
    {
        foreach (var wish in new Wish[] { new Wish.Stop(false), new Wish.Shutdown(null, null, false) })
        {
            var vm = VmDriver.RunningVm();
            var reboot = vm.Ask(Reboot);
            vm.Ask(wish);
            Assert.Equal(Ending.Superseded, vm.EndOf(reboot).Ending);
            vm.Guest(GuestState.Shutdown);
            vm.Exits();
            vm.Releases();
            Assert.Equal(Cause.ApiStop, vm.In<CleanedUp>().Cause);
        }
    }

    [Fact]
    public void During_a_shutdown_the_next_life_follows_it_and_none_when_the_shutdown_is_given_up()
    {
        foreach (var goesDown in new[] { true, false })
        {
            var vm = VmDriver.RunningVm();
            var shutdown = vm.Ask(new Wish.Shutdown(null, null, false));
            var reboot = vm.Ask(Reboot);
            if (goesDown)
            {
                vm.Guest(GuestState.Shutdown);
                vm.Exits();
                vm.Releases();
                Assert.Equal(Ending.Succeeded, vm.EndOf(shutdown).Ending);
                vm.In<Starting>();
            }
            else
            {
                vm.DeadlinePasses();
                Assert.Equal((Ending.TimedOut, Ending.TimedOut), (vm.EndOf(shutdown).Ending, vm.EndOf(reboot).Ending));
                vm.In<Running>();
            }
        }
    }

    [Fact]
    public void It_survives_the_supervisor_and_a_crash_of_the_guests_process_on_the_way()
    {
        var vm = VmDriver.RunningVm();
        vm.Ask(Reboot);
        vm.IsRestarted(new Finding.Gone(false));
        vm.Releases();
        Assert.Equal(Cause.ApiReboot, vm.In<Starting>().Life.Cause);
    }

    [Fact]
    public void A_start_that_fails_fails_it()
    {
        var vm = VmDriver.RunningVm();
        var reboot = vm.Ask(Reboot);
        vm.Guest(GuestState.Shutdown);
        vm.Exits();
        vm.Releases();
        vm.See(n => new Observation.BringUpFailed(n, "disk0: no such file"));
        vm.See(n => new Observation.Extinguished(n, ProcessExit.Unknowable));
        vm.Releases();
        Assert.Equal((Ending.Failed, "disk0: no such file"), (vm.EndOf(reboot).Ending, vm.EndOf(reboot).Detail));
    }

    [Fact]
    public void Without_a_running_guest_it_is_refused()
    {
        var vm = VmDriver.Defined();
        vm.Ask(Reboot);
        Assert.Contains("not running", vm.Decision<Decision.Refused>(), StringComparison.Ordinal);
        vm.Ask(new Wish.Start(false));
        vm.Ask(Reboot);
        Assert.Contains("starting", vm.Decision<Decision.Refused>(), StringComparison.Ordinal);
    }
}
