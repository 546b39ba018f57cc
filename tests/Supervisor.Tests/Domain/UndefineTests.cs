using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;

namespace VmSupervisor.Supervisor.Tests.Domain;

public sealed class UndefineTests
{
    [Fact]
    public void A_running_vm_is_not_forgotten_unless_by_force()
    {
        var vm = VmDriver.RunningVm();
        vm.Ask(new Wish.Undefine());
        Assert.Contains("force", vm.Decision<Decision.Refused>(), StringComparison.Ordinal);
        var undefine = vm.Ask(new Wish.Undefine(Force: true));
        Assert.True(vm.Phase<StopPhase.Quit>().Forced);
        vm.Ask(new Wish.Start(false));
        Assert.Contains("undefined", vm.Decision<Decision.Refused>(), StringComparison.Ordinal);
        vm.Exits();
        vm.Releases();
        vm.In<Undefined>();
        Assert.Equal(Ending.Succeeded, vm.EndOf(undefine).Ending);
    }

    [Fact]
    public void A_start_is_undone_first()
    {
        var vm = VmDriver.Defined();
        var start = vm.Ask(new Wish.Start(false));
        vm.Ask(new Wish.Undefine(Force: true));
        Assert.Equal(Ending.Superseded, vm.EndOf(start).Ending);
        vm.See(n => new Observation.Extinguished(n, ProcessExit.Unknowable));
        vm.Releases();
        vm.In<Undefined>();
    }

    [Fact]
    public void Volumes_that_a_stop_before_it_keeps_active_are_given_back_first()
    {
        var vm = VmDriver.RunningVm();
        vm.Ask(new Wish.Stop(KeepActive: true));
        var undefine = vm.Ask(new Wish.Undefine(Force: true));
        vm.Exits();
        vm.Releases();
        Assert.IsType<Step.Volume>(Assert.Single(vm.Phase<StopPhase.Clean>().Steps));
        Assert.False(vm.HasEnded(undefine));
        vm.Releases();
        vm.In<Undefined>();
        Assert.Equal(Ending.Succeeded, vm.EndOf(undefine).Ending);
    }

    [Fact]
    public void What_waits_to_be_started_again_is_forgotten_with_its_restart()
    {
        var vm = VmDriver.RunningVm(change: d => d with { Restart = VmSupervisor.Contracts.Definitions.RestartPolicy.OnCrash });
        vm.Exits();
        vm.Releases();
        Assert.NotEmpty(vm.Effects);
        vm.Ask(new Wish.Undefine());
        vm.In<Undefined>();
        Assert.Empty(vm.Effects);
    }

    [Fact]
    public void An_undefine_behind_an_overruled_backup_is_carried_out_whoever_stops_it_as_well()
    {
        var vm = VmDriver.RunningVm(hooks: true);
        vm.Ask(new Wish.Backup(BackupMode.Stop, "/backups", DiskFormat.Qcow2, null));
        vm.HookEnds(HookPhase.PreStop);
        vm.Guest(GuestState.Shutdown);
        vm.Exits();
        vm.Releases();

        // Its volumes stay active for the backup, and nobody wants that any more.
        var undefine = vm.Ask(new Wish.Undefine(Force: true));
        var shutdown = vm.Ask(new Wish.Shutdown(null, null, false));
        vm.HookEnds(HookPhase.PostStop);
        vm.Releases();

        vm.In<Undefined>();
        Assert.Equal(Ending.Succeeded, vm.EndOf(undefine).Ending);
        Assert.Equal(Ending.Succeeded, vm.EndOf(shutdown).Ending);
    }
}
