using VmSupervisor.Contracts;
using VmSupervisor.Domain;

namespace VmSupervisor.Supervisor.Tests.Domain;

public sealed class HibernationTests
{
    [Fact]
    public void The_memory_is_saved_the_life_ends_without_pre_stop_and_the_next_one_goes_on_from_it()
    {
        var vm = VmDriver.RunningVm(hooks: true);
        var suspend = Save(vm);
        Assert.Equal(Cause.Hibernated, vm.In<Stopping>().Cause);
        vm.Phase<StopPhase.Quit>();
        vm.Exits();
        Assert.DoesNotContain(vm.Phase<StopPhase.Clean>().Steps, step => step is Step.SavedMemory);
        vm.Releases();
        vm.HookEnds(HookPhase.PostStop);
        Assert.Equal(Ending.Succeeded, vm.EndOf(suspend).Ending);
        Assert.Equal((Cause.Hibernated, 1L), (vm.In<CleanedUp>().Cause, vm.In<CleanedUp>().Saved!.Of.Value));

        vm.Ask(new Wish.Start(false));
        Assert.Contains(new Step.SavedMemory(new(1), Discard: false), vm.In<Starting>().Life.Plan);
        vm.HookEnds(HookPhase.PreStart);
        vm.Launches();
        Assert.Equal(GuestState.Paused, vm.In<Starting>().Life.Guest);
        vm.See(n => new Observation.Continued(n));
        vm.HookEnds(HookPhase.PostStart);
        Assert.Equal(GuestState.Running, vm.In<Running>().Life.Guest);

        // It is consumed: the cleanup of this life removes the file, and no life goes on from it again.
        vm.Exits();
        Assert.Contains(new Step.SavedMemory(new(1), Discard: false), vm.Phase<StopPhase.Clean>().Steps);
        vm.Releases();
        vm.HookEnds(HookPhase.PostStop);
        Assert.Null(vm.In<CleanedUp>().Saved);
    }

    [Fact]
    public void A_definition_that_was_changed_waits_for_the_life_after_it()
    {
        var vm = VmDriver.RunningVm();
        vm.Ask(new Wish.Define(vm.In<Running>().Definition with { Memory = 2 << 20 }));
        Save(vm);
        End(vm);
        vm.Ask(new Wish.Start(false));
        Assert.Equal(1 << 20, vm.In<Starting>().Life.Definition.Memory);
        Assert.Equal(2 << 20, vm.In<Starting>().Definition.Memory);
    }

    [Fact]
    public void A_guest_that_was_paused_is_paused_again()
    {
        var vm = VmDriver.RunningVm();
        vm.Guest(GuestState.Paused);
        Save(vm);
        End(vm);
        vm.Ask(new Wish.Start(false));
        Assert.True(vm.In<Starting>().Life.Paused);
    }

    [Fact]
    public void A_start_that_fails_before_the_memory_is_loaded_keeps_it_and_says_the_way_out()
    {
        var vm = Hibernated();
        var start = vm.Ask(new Wish.Start(false));
        vm.See(n => new Observation.BringUpFailed(n, "saved-memory: it ends too early"));
        vm.See(n => new Observation.Extinguished(n, ProcessExit.Unknowable));
        Assert.DoesNotContain(vm.Phase<StopPhase.Clean>().Steps, step => step is Step.SavedMemory);
        vm.Releases();
        Assert.Equal("saved-memory: it ends too early; its memory is kept, and 'vmsup start --discard-saved' boots it without", vm.EndOf(start).Detail);
        Assert.NotNull(vm.In<CleanedUp>().Saved);

        vm.Ask(new Wish.Start(false, Fresh: true));
        Assert.Null(vm.In<Starting>().Life.Restores);
        Assert.Contains(new Step.SavedMemory(new(1), Discard: true), vm.In<Starting>().Life.Plan);
        vm.Launches();
        vm.See(n => new Observation.Continued(n));
        vm.Exits();
        vm.Releases();
        Assert.Null(vm.In<CleanedUp>().Saved);
    }

    [Fact]
    public void A_fresh_start_that_a_hook_vetoes_has_thrown_nothing_away()
    {
        var vm = VmDriver.RunningVm(hooks: true);
        Save(vm);
        vm.Exits();
        vm.Releases();
        vm.HookEnds(HookPhase.PostStop);
        vm.Ask(new Wish.Start(false, Fresh: true));
        vm.HookEnds(HookPhase.PreStart, HookStatus.Failed);
        vm.HookEnds(HookPhase.PostStop);
        Assert.NotNull(vm.In<CleanedUp>().Saved);
    }

    [Fact]
    public void Writing_that_fails_leaves_the_guest_as_it_was()
    {
        var vm = VmDriver.RunningVm();
        var suspend = vm.Ask(new Wish.Hibernate());
        vm.Guest(GuestState.Paused);
        vm.See(n => new Observation.SaveFailed(n, OperationId.Parse(suspend), "no space"));
        Assert.Contains(new Effect.UndoSave(vm.Incarnation, OperationId.Parse(suspend), ThenContinue: true), vm.Effects);
        Assert.False(vm.HasEnded(suspend));
        vm.See(n => new Observation.SaveUndone(n, OperationId.Parse(suspend), null));
        Assert.Equal((Ending.Failed, "no space"), (vm.EndOf(suspend).Ending, vm.EndOf(suspend).Detail));
        Assert.Null(vm.In<Running>().Activity);
    }

    [Fact]
    public void A_supervisor_that_dies_while_it_is_written_takes_it_back()
    {
        var vm = VmDriver.RunningVm();
        var suspend = vm.Ask(new Wish.Hibernate());
        vm.IsRestarted(new Finding.Alive(VmDriver.Process, GuestState.Paused));
        Assert.Contains(vm.Effects, e => e is Effect.UndoSave { ThenContinue: true });
        vm.See(n => new Observation.SaveUndone(n, OperationId.Parse(suspend), null));
        Assert.Equal(Ending.Failed, vm.EndOf(suspend).Ending);
    }

    [Fact]
    public void A_process_that_dies_while_it_is_written_is_a_crash_and_the_file_goes_with_it()
    {
        var vm = VmDriver.RunningVm();
        var suspend = vm.Ask(new Wish.Hibernate());
        vm.Exits();
        Assert.Equal(Ending.Failed, vm.EndOf(suspend).Ending);
        Assert.Contains(vm.Phase<StopPhase.Clean>().Steps, step => step is Step.SavedMemory { Of.Value: 1, Discard: true });
        vm.Releases();
        Assert.Equal((Cause.Crash, null), (vm.In<CleanedUp>().Cause, vm.In<CleanedUp>().Saved));
    }

    [Fact]
    public void It_is_cancelled_a_forced_stop_beats_it_and_other_wishes_wait()
    {
        var vm = VmDriver.RunningVm();
        var suspend = vm.Ask(new Wish.Hibernate());
        foreach (var wish in new Wish[] { new Wish.Start(false), new Wish.Shutdown(null, null, false), new Wish.Reboot(null, null), new Wish.Guest(GuestRequest.Resume) })
        {
            vm.Ask(wish);
            Assert.Contains("being suspended to disk", vm.Decision<Decision.Refused>(), StringComparison.Ordinal);
        }

        vm.Ask(new Wish.Cancel(OperationId.Parse(suspend)));
        vm.See(n => new Observation.SaveUndone(n, OperationId.Parse(suspend), null));
        Assert.Equal(Ending.Cancelled, vm.EndOf(suspend).Ending);

        var again = vm.Ask(new Wish.Hibernate());
        vm.Ask(new Wish.Stop(false));
        Assert.Equal(Ending.Superseded, vm.EndOf(again).Ending);
        vm.Exits();
        vm.Releases();
        Assert.Null(vm.In<CleanedUp>().Saved);
    }

    [Fact]
    public void An_undefine_throws_the_memory_away_and_a_stop_does_not()
    {
        var vm = Hibernated();
        vm.Ask(new Wish.Stop(false));
        Assert.NotNull(vm.In<CleanedUp>().Saved);
        vm.Ask(new Wish.Undefine());
        Assert.Equal([new Step.SavedMemory(new(1), Discard: true)], vm.Phase<StopPhase.Clean>().Steps);
        vm.Releases();
        vm.In<Undefined>();
    }

    private static string Save(VmDriver vm)
    {
        var suspend = vm.Ask(new Wish.Hibernate());
        vm.See(n => new Observation.MemorySaved(n, OperationId.Parse(suspend), 4096));
        return suspend;
    }

    private static void End(VmDriver vm)
    {
        vm.Exits();
        vm.Releases();
    }

    private static VmDriver Hibernated()
    {
        var vm = VmDriver.RunningVm();
        Save(vm);
        End(vm);
        return vm;
    }
}
