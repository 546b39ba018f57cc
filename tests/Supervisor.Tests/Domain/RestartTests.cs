using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;

namespace VmSupervisor.Supervisor.Tests.Domain;

public sealed class RestartTests
{
    [Theory]
    [InlineData(RestartPolicy.Never, false, false)]
    [InlineData(RestartPolicy.OnCrash, true, false)]
    [InlineData(RestartPolicy.Always, true, true)]
    public void The_policy_says_what_is_followed_by_a_start(RestartPolicy policy, bool afterCrash, bool afterPowerOff)
    {
        var crashed = With(policy);
        Crash(crashed);
        Assert.Equal(afterCrash, crashed.In<CleanedUp>().Pending is not null);

        var off = With(policy);
        off.Guest(GuestState.Shutdown);
        off.Exits();
        off.Releases();
        Assert.Equal(afterPowerOff, off.In<CleanedUp>().Pending is not null);
    }

    [Theory]
    [InlineData(PanicPolicy.Stop, false)]
    [InlineData(PanicPolicy.Restart, true)]
    public void What_follows_a_panic_is_said_by_a_key_of_its_own(PanicPolicy policy, bool again)
    {
        var vm = With(RestartPolicy.Always, policy);
        vm.Guest(GuestState.Panicked);
        vm.Exits();
        vm.Releases();
        Assert.Equal(again, vm.In<CleanedUp>().Pending is not null);
    }

    [Fact]
    public void It_is_started_when_its_time_has_come_as_the_next_incarnation()
    {
        var vm = With(RestartPolicy.OnCrash);
        Crash(vm);
        var pending = vm.In<CleanedUp>().Pending!;
        Assert.InRange(pending.Due - vm.Now, TimeSpan.FromMilliseconds(750), TimeSpan.FromMilliseconds(1250));
        vm.DeadlinePasses();
        Assert.Equal((2L, Cause.Restart), (vm.Incarnation.Value, vm.In<Starting>().Life.Cause));
        ComesUp(vm);
        Assert.Single(vm.In<Running>().Restarts);
    }

    [Fact]
    public void Each_restart_waits_about_twice_as_long_and_the_limit_leaves_it_down()
    {
        var vm = With(RestartPolicy.OnCrash);
        for (var i = 0; i < 5; i++)
        {
            Crash(vm);
            var delay = vm.In<CleanedUp>().Pending!.Due - vm.Now;
            Assert.InRange(delay.TotalSeconds, 0.75 * Math.Pow(2, i), 1.25 * Math.Pow(2, i));
            vm.DeadlinePasses();
            ComesUp(vm);
        }

        Crash(vm);
        Assert.Null(vm.In<CleanedUp>().Pending);
        Assert.Contains("5 times within 10 min", Assert.Single(vm.In<CleanedUp>().Problems), StringComparison.Ordinal);

        // A person who starts it begins anew.
        vm.Ask(new Wish.Start(false));
        Assert.Empty(vm.In<Starting>().Problems);
        ComesUp(vm);
        Crash(vm);
        Assert.NotNull(vm.In<CleanedUp>().Pending);
    }

    [Fact]
    public void A_vm_that_has_run_well_starts_counting_anew()
    {
        var vm = With(RestartPolicy.OnCrash);
        Crash(vm);
        vm.DeadlinePasses();
        ComesUp(vm);
        var since = vm.Now;
        vm.DeadlinePasses();
        Assert.Equal(since + TimeSpan.FromMinutes(5), vm.Now);
        Assert.Empty(vm.In<Running>().Restarts);
        Assert.Empty(vm.Effects.OfType<Effect.WaitUntil>());
    }

    [Fact]
    public void A_restart_that_fails_to_start_counts_and_is_tried_again()
    {
        var vm = With(RestartPolicy.OnCrash);
        Crash(vm);
        vm.DeadlinePasses();
        FailsToStart(vm);
        Assert.Equal(Cause.StartFailed, vm.In<CleanedUp>().Cause);
        Assert.InRange((vm.In<CleanedUp>().Pending!.Due - vm.Now).TotalSeconds, 1.5, 2.5);
    }

    [Fact]
    public void A_start_that_somebody_asked_for_and_that_fails_is_not_tried_again()
    {
        var vm = VmDriver.Defined(change: d => d with { Restart = RestartPolicy.Always });
        vm.Ask(new Wish.Start(false));
        FailsToStart(vm);
        Assert.Null(vm.In<CleanedUp>().Pending);

        // Nobody was told of one that came with the host.
        vm.Ask(new Wish.Start(false, Cause.Autostart));
        FailsToStart(vm);
        Assert.NotNull(vm.In<CleanedUp>().Pending);
    }

    [Fact]
    public void An_explicit_stop_beats_a_pending_restart()
    {
        var vm = With(RestartPolicy.Always);
        Crash(vm);
        var stop = vm.Ask(new Wish.Stop(false));
        Assert.Contains("not started again", vm.EndOf(stop).Detail, StringComparison.Ordinal);
        Assert.Empty(vm.Effects);
        var due = vm.Journal.OfType<Event.RestartScheduled>().Single().Due;
        vm.See(n => new Observation.DeadlinePassed(n, due));
        vm.In<CleanedUp>();
    }

    [Fact]
    public void An_explicit_stop_after_the_crash_and_before_the_cleanup_beats_the_restart()
    {
        var vm = With(RestartPolicy.Always);
        vm.Exits();
        vm.Ask(new Wish.Stop(false));
        vm.Releases();
        Assert.Null(vm.In<CleanedUp>().Pending);
    }

    [Fact]
    public void A_crash_during_a_stop_is_no_reason_to_start()
    {
        var vm = With(RestartPolicy.Always);
        vm.Ask(new Wish.Shutdown(null, null, false));
        vm.Exits();
        vm.Releases();
        Assert.Null(vm.In<CleanedUp>().Pending);
    }

    [Fact]
    public void A_start_does_not_wait_for_the_restart_and_a_definition_without_the_policy_drops_it()
    {
        var vm = With(RestartPolicy.OnCrash);
        Crash(vm);
        vm.Ask(new Wish.Define(vm.In<CleanedUp>().Definition with { Cpus = 2 }));
        Assert.NotNull(vm.In<CleanedUp>().Pending);
        vm.Ask(new Wish.Define(vm.In<CleanedUp>().Definition with { Restart = RestartPolicy.Never }));
        Assert.Null(vm.In<CleanedUp>().Pending);

        var other = With(RestartPolicy.OnCrash);
        Crash(other);
        other.Ask(new Wish.Start(false));
        Assert.Equal(Cause.ApiStart, other.In<Starting>().Life.Cause);
    }

    [Fact]
    public void A_boot_of_the_host_is_no_crash()
    {
        var vm = With(RestartPolicy.Always);
        vm.IsRestarted(new Finding.Gone(HostRebooted: true));
        vm.Releases();
        Assert.Equal(Cause.HostReboot, vm.In<CleanedUp>().Cause);
        Assert.Null(vm.In<CleanedUp>().Pending);
    }

    [Fact]
    public void The_same_seed_gives_the_same_delay_and_other_vms_another()
    {
        static TimeSpan Delay(int id)
        {
            var vm = VmDriver.RunningVm(change: d => d with { Id = new(id), Restart = RestartPolicy.OnCrash });
            Crash(vm);
            return vm.In<CleanedUp>().Pending!.Due - vm.Now;
        }

        Assert.Equal(Delay(1), Delay(1));
        Assert.NotEqual(Delay(1), Delay(2));
    }

    private static VmDriver With(RestartPolicy policy, PanicPolicy panic = PanicPolicy.Stop) =>
        VmDriver.RunningVm(change: d => d with { Restart = policy, OnPanic = panic });

    private static void Crash(VmDriver vm)
    {
        vm.Exits();
        vm.Releases();
    }

    private static void ComesUp(VmDriver vm)
    {
        vm.Launches();
        vm.See(n => new Observation.Continued(n));
        vm.In<Running>();
    }

    private static void FailsToStart(VmDriver vm)
    {
        vm.See(n => new Observation.BringUpFailed(n, "disk0: no such file"));
        vm.See(n => new Observation.Extinguished(n, ProcessExit.Unknowable));
        vm.Releases();
    }
}
