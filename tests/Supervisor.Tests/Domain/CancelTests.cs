using VmSupervisor.Contracts;
using VmSupervisor.Domain;

namespace VmSupervisor.Supervisor.Tests.Domain;

public sealed class CancelTests
{
    [Fact]
    public void A_start_is_undone_and_the_cancel_ends_when_all_is_given_back()
    {
        var vm = VmDriver.Defined(hooks: true);
        var start = vm.Ask(new Wish.Start(false));
        vm.HookEnds(HookPhase.PreStart);
        var cancel = Cancel(vm, start);
        Assert.Equal(Ending.Cancelled, vm.EndOf(start).Ending);
        vm.See(n => new Observation.Extinguished(n, ProcessExit.Unknowable));
        vm.Releases();
        Assert.False(vm.HasEnded(cancel));
        vm.HookEnds(HookPhase.PostStop);
        vm.In<CleanedUp>();
        Assert.Equal(Ending.Succeeded, vm.EndOf(cancel).Ending);
    }

    [Fact]
    public void Of_two_starts_one_is_cancelled_and_the_other_goes_on()
    {
        var vm = VmDriver.Defined();
        var first = vm.Ask(new Wish.Start(false));
        vm.Ask(new Wish.Start(false));
        Cancel(vm, first);
        Assert.Equal(Ending.Cancelled, vm.EndOf(first).Ending);
        vm.In<Starting>();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_guest_that_is_being_asked_is_let_off(bool reboot)
    {
        var vm = VmDriver.RunningVm();
        var asked = vm.Ask(reboot ? new Wish.Reboot(null, null) : new Wish.Shutdown(null, null, false));
        var cancel = Cancel(vm, asked);
        Assert.Equal(Ending.Cancelled, vm.EndOf(asked).Ending);
        Assert.Equal(Ending.Succeeded, vm.EndOf(cancel).Ending);
        vm.In<Running>();
    }

    [Fact]
    public void A_start_that_waits_for_the_end_of_the_life_before_is_dropped()
    {
        var vm = VmDriver.RunningVm();
        vm.Ask(new Wish.Stop(false));
        var start = vm.Ask(new Wish.Start(false));
        Cancel(vm, start);
        vm.Exits();
        vm.Releases();
        vm.In<CleanedUp>();
    }

    [Fact]
    public void Of_a_shutdown_and_a_reboot_what_is_left_is_done()
    {
        foreach (var cancelled in new[] { "op-3", "op-4" })
        {
            var vm = VmDriver.RunningVm();
            Assert.Equal(("op-3", "op-4"), (vm.Ask(new Wish.Shutdown(null, null, false)), vm.Ask(new Wish.Reboot(null, null))));
            Cancel(vm, cancelled);
            vm.Phase<StopPhase.AskGuest>();
            vm.Guest(GuestState.Shutdown);
            vm.Exits();
            vm.Releases();
            Assert.Equal(cancelled == "op-3" ? typeof(Starting) : typeof(CleanedUp), vm.State.GetType());
        }
    }

    [Fact]
    public void What_cannot_be_undone_is_refused()
    {
        var vm = VmDriver.RunningVm();
        var stop = vm.Ask(new Wish.Stop(false));
        Cancel(vm, stop);
        Assert.Contains("cannot be cancelled", vm.Decision<Decision.Refused>(), StringComparison.Ordinal);

        var pausing = VmDriver.RunningVm();
        var pause = pausing.Ask(new Wish.Guest(GuestRequest.Pause));
        Cancel(pausing, pause);
        Assert.Contains("the monitor has it", pausing.Decision<Decision.Refused>(), StringComparison.Ordinal);
        Cancel(pausing, "op-99");
        Assert.Contains("not under way", pausing.Decision<Decision.Refused>(), StringComparison.Ordinal);
    }

    private static string Cancel(VmDriver vm, string operation) => vm.Ask(new Wish.Cancel(OperationId.Parse(operation)));
}
