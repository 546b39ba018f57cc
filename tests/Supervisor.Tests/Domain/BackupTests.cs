using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;

namespace VmSupervisor.Supervisor.Tests.Domain;

public sealed class BackupTests
{
    [Fact]
    public void Of_a_running_vm_every_disk_that_a_guest_can_write_to_is_copied_and_the_guest_not_disturbed()
    {
        var vm = VmDriver.RunningVm(change: d => d with { Disks = [new() { Path = "/a" }, new() { Path = "/cd", Readonly = true }, new() { Path = "/b" }] });
        var backup = Ask(vm, BackupMode.Snapshot);
        var begin = Assert.Single(vm.Effects.OfType<Effect.BeginBackup>());
        Assert.Equal(["/backup/disk0.qcow2", "/backup/disk2.qcow2"], begin.Files.Select(f => f.Target));
        Assert.Equal((false, true), (begin.Pause, begin.Freeze));
        Began(vm, backup);
        Assert.Single(vm.Effects.OfType<Effect.FollowBackup>());
        Done(vm, backup);
        Assert.Equal(Ending.Succeeded, vm.EndOf(backup).Ending);
        Assert.Equal((null, 0), (vm.In<Running>().Activity, vm.In<Running>().Life.Leftovers.Count));
    }

    [Fact]
    public void In_suspend_mode_the_guest_stops_for_the_moment_and_is_continued_before_anything_else()
    {
        var vm = VmDriver.RunningVm();
        var backup = Ask(vm, BackupMode.Suspend);
        Assert.True(Assert.Single(vm.Effects.OfType<Effect.BeginBackup>()).Pause);
        vm.Guest(GuestState.Paused);
        Began(vm, backup);
        Assert.Single(vm.Effects.OfType<Effect.Continue>());
        Assert.Empty(vm.Effects.OfType<Effect.FollowBackup>());
        vm.See(n => new Observation.Continued(n));
        Assert.Equal(GuestState.Running, vm.In<Running>().Life.Guest);
        Done(vm, backup);
        vm.In<Running>();
    }

    [Fact]
    public void In_stop_mode_it_is_shut_down_with_its_volumes_kept_started_paused_and_continued_when_the_jobs_run()
    {
        var vm = VmDriver.RunningVm(hooks: true);
        var backup = Ask(vm, BackupMode.Stop);
        vm.HookEnds(HookPhase.PreStop);
        vm.Phase<StopPhase.AskGuest>();
        vm.Guest(GuestState.Shutdown);
        vm.Exits();
        Assert.DoesNotContain(vm.Phase<StopPhase.Clean>().Steps, step => step is Step.Volume);
        vm.Releases();
        vm.HookEnds(HookPhase.PostStop);
        Assert.True(Assert.Single(vm.In<Starting>().Life.Plan.OfType<Step.Volume>()).TakeOver);
        vm.HookEnds(HookPhase.PreStart);
        vm.Launches();
        vm.HookEnds(HookPhase.PostStart);
        Assert.Empty(vm.Effects.OfType<Effect.Continue>());
        Began(vm, backup);
        vm.See(n => new Observation.Continued(n));
        Done(vm, backup);
        Assert.Equal(GuestState.Running, vm.In<Running>().Life.Guest);
        Assert.Equal((Ending.Succeeded, Cause.Backup), (vm.EndOf(backup).Ending, vm.In<Running>().Life.Cause));
    }

    [Fact]
    public void A_vm_that_was_down_is_down_afterwards_and_its_guest_never_ran()
    {
        var vm = VmDriver.Defined();
        var backup = Ask(vm, BackupMode.Snapshot);
        vm.Launches();
        Began(vm, backup);
        Assert.Empty(vm.Effects.OfType<Effect.Continue>());
        Done(vm, backup);
        Assert.Equal(Cause.Backup, vm.In<Stopping>().Cause);
        vm.Exits();
        Assert.Contains(vm.Phase<StopPhase.Clean>().Steps, step => step is Step.Volume);
        vm.Releases();
        vm.In<CleanedUp>();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_start_meanwhile_lets_the_guest_run_and_the_vm_stay_up(bool whileStarting)
    {
        var vm = VmDriver.Defined();
        var backup = Ask(vm, BackupMode.Stop);
        var start = whileStarting ? vm.Ask(new Wish.Start(false)) : "";
        vm.Launches();
        if (!whileStarting)
            start = vm.Ask(new Wish.Start(false));
        Assert.False(vm.HasEnded(start));
        Began(vm, backup);
        vm.See(n => new Observation.Continued(n));
        Assert.Equal(Ending.Succeeded, vm.EndOf(start).Ending);
        Done(vm, backup);
        Assert.Equal(GuestState.Running, vm.In<Running>().Life.Guest);
    }

    [Fact]
    public void A_guest_that_powers_off_is_held_until_the_jobs_end_and_then_cleaned_once()
    {
        var vm = VmDriver.RunningVm();
        var backup = Ask(vm, BackupMode.Snapshot);
        Began(vm, backup);
        vm.Guest(GuestState.Shutdown);
        vm.In<Running>();
        Done(vm, backup);
        Assert.Equal(Ending.Succeeded, vm.EndOf(backup).Ending);
        Assert.Equal(Cause.GuestShutdown, vm.In<Stopping>().Cause);
    }

    [Fact]
    public void A_job_that_fails_is_undone_and_the_vm_is_as_it_was()
    {
        foreach (var mode in Enum.GetValues<BackupMode>().Where(m => m != BackupMode.Stop))
        {
            var vm = VmDriver.RunningVm();
            var backup = Ask(vm, mode);
            vm.See(n => new Observation.BackupEnded(n, OperationId.Parse(backup), 0, "no space"));
            Assert.Equal(mode == BackupMode.Suspend, Assert.Single(vm.Effects.OfType<Effect.UndoBackup>()).ThenContinue);
            vm.See(n => new Observation.BackupUndone(n, OperationId.Parse(backup), null));
            Assert.Equal((Ending.Failed, "no space"), (vm.EndOf(backup).Ending, vm.EndOf(backup).Detail));
            Assert.Equal((null, 0), (vm.In<Running>().Activity, vm.In<Running>().Life.Leftovers.Count));
        }
    }

    [Fact]
    public void A_guest_that_does_not_go_down_in_time_fails_the_backup_and_runs_on()
    {
        var vm = VmDriver.RunningVm();
        var backup = Ask(vm, BackupMode.Stop);
        vm.DeadlinePasses();
        Assert.Equal(Ending.TimedOut, vm.EndOf(backup).Ending);
        vm.In<Running>();
    }

    [Fact]
    public void A_crash_fails_it_and_the_unfinished_files_go_with_the_cleanup()
    {
        var vm = VmDriver.RunningVm();
        var backup = Ask(vm, BackupMode.Snapshot);
        Began(vm, backup);
        vm.Exits();
        Assert.Equal((Ending.Failed, "the VM ended first: crash"), (vm.EndOf(backup).Ending, vm.EndOf(backup).Detail));
        Assert.IsType<Step.PartialBackup>(vm.Phase<StopPhase.Clean>().Steps[0]);
    }

    [Fact]
    public void A_life_that_was_begun_for_it_removes_unfinished_files_too()
    {
        var vm = VmDriver.Defined();
        Ask(vm, BackupMode.Stop);
        vm.Launches();
        vm.Exits();
        Assert.IsType<Step.PartialBackup>(vm.Phase<StopPhase.Clean>().Steps[0]);
    }

    [Fact]
    public void A_vm_that_ran_and_does_not_come_up_for_its_backup_is_tried_again_and_one_that_was_down_is_not()
    {
        var vm = VmDriver.RunningVm();
        var backup = Ask(vm, BackupMode.Stop);
        vm.Guest(GuestState.Shutdown);
        vm.Exits();
        vm.Releases();
        vm.IsRestarted(new Finding.Gone(false));
        vm.See(n => new Observation.Extinguished(n, ProcessExit.Unknowable));
        vm.Releases();
        Assert.Equal(Ending.Failed, vm.EndOf(backup).Ending);
        Assert.NotNull(vm.In<CleanedUp>().Pending);
        vm.DeadlinePasses();
        Assert.False(vm.In<Starting>().Life.Paused);

        var down = VmDriver.Defined();
        Ask(down, BackupMode.Stop);
        down.IsRestarted(new Finding.Gone(false));
        down.See(n => new Observation.Extinguished(n, ProcessExit.Unknowable));
        down.Releases();
        Assert.Null(down.In<CleanedUp>().Pending);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_stop_overrules_it_and_no_volume_stays_active(bool duringCleanup)
    {
        var vm = VmDriver.RunningVm();
        var backup = Ask(vm, BackupMode.Stop);
        if (duringCleanup)
        {
            vm.Guest(GuestState.Shutdown);
            vm.Exits();
        }

        var stop = vm.Ask(new Wish.Stop(false));
        Assert.Equal(Ending.Superseded, vm.EndOf(backup).Ending);
        if (!duringCleanup)
            vm.Exits();
        vm.Releases();
        if (duringCleanup)
        {
            Assert.IsType<Step.Volume>(Assert.Single(vm.Phase<StopPhase.Clean>().Steps));
            vm.Releases();
        }

        Assert.Empty(vm.In<CleanedUp>().Kept);
        Assert.Equal((Ending.Succeeded, Cause.ApiStop), (vm.EndOf(stop).Ending, vm.In<CleanedUp>().Cause));
    }

    [Fact]
    public void It_is_cancelled_wherever_it_stands()
    {
        var copying = VmDriver.RunningVm();
        var backup = Ask(copying, BackupMode.Snapshot);
        Began(copying, backup);
        Cancel(copying, backup);
        copying.See(n => new Observation.BackupUndone(n, OperationId.Parse(backup), null));
        Assert.Equal(Ending.Cancelled, copying.EndOf(backup).Ending);
        copying.In<Running>();

        var asking = VmDriver.RunningVm();
        backup = Ask(asking, BackupMode.Stop);
        Cancel(asking, backup);
        Assert.Equal(Ending.Cancelled, asking.EndOf(backup).Ending);
        asking.In<Running>();

        // It was running before: it comes up, without a backup and not paused.
        var starting = VmDriver.RunningVm();
        backup = Ask(starting, BackupMode.Stop);
        starting.Guest(GuestState.Shutdown);
        starting.Exits();
        starting.Releases();
        Cancel(starting, backup);
        Assert.Equal((null, false), (starting.In<Starting>().Backup, starting.In<Starting>().Life.Paused));

        var down = VmDriver.Defined();
        backup = Ask(down, BackupMode.Stop);
        Cancel(down, backup);
        Assert.Equal(Ending.Cancelled, down.EndOf(backup).Ending);
        down.In<Stopping>();
    }

    [Fact]
    public void Meanwhile_only_one_thing_at_a_time_and_nothing_that_ends_it_in_order()
    {
        var vm = VmDriver.RunningVm();
        var backup = Ask(vm, BackupMode.Snapshot);
        foreach (var wish in new Wish[] { new Wish.Shutdown(null, null, false), new Wish.Reboot(null, null), new Wish.Hibernate(), new Wish.Backup(BackupMode.Stop, "/x", DiskFormat.Raw, null) })
        {
            vm.Ask(wish);
            Assert.Contains($"a backup is under way (operation {backup})", vm.Decision<Decision.Refused>(), StringComparison.Ordinal);
        }

        vm.Ask(new Wish.Guest(GuestRequest.Pause));
        vm.Decision<Decision.Accepted>();
        Assert.Empty(vm.Effects.OfType<Effect.Ask>());
        Began(vm, backup);
        Assert.Single(vm.Effects.OfType<Effect.Ask>());
    }

    [Fact]
    public void Without_a_disk_or_with_its_memory_on_disk_there_is_nothing_to_back_up()
    {
        var bare = VmDriver.RunningVm(change: d => d with { Disks = [] });
        Ask(bare, BackupMode.Snapshot);
        Assert.Contains("no disk", bare.Decision<Decision.Refused>(), StringComparison.Ordinal);

        var hibernated = VmDriver.RunningVm();
        var suspend = hibernated.Ask(new Wish.Hibernate());
        hibernated.See(n => new Observation.MemorySaved(n, OperationId.Parse(suspend), 1));
        hibernated.Exits();
        hibernated.Releases();
        Ask(hibernated, BackupMode.Snapshot);
        Assert.Contains("suspended to disk", hibernated.Decision<Decision.Refused>(), StringComparison.Ordinal);
    }

    private static string Ask(VmDriver vm, BackupMode mode) => vm.Ask(new Wish.Backup(mode, "/backup", DiskFormat.Qcow2, null));

    private static void Began(VmDriver vm, string backup) => vm.See(n => new Observation.BackupBegan(n, OperationId.Parse(backup), false));

    private static void Done(VmDriver vm, string backup) => vm.See(n => new Observation.BackupEnded(n, OperationId.Parse(backup), 4096, null));

    private static void Cancel(VmDriver vm, string operation) => vm.Ask(new Wish.Cancel(OperationId.Parse(operation)));
}
