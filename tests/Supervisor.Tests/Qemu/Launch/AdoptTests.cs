using VmSupervisor.Domain;
using VmSupervisor.Linux;
using VmSupervisor.Qemu;

namespace VmSupervisor.Supervisor.Tests.Qemu.Launch;

[Trait("needs", "qemu")]
public sealed class AdoptTests
{
    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_new_supervisor_finds_what_lives_with_and_without_its_identity()
    {
        await using var host = new QemuFixture();
        var (key, identity) = await host.LaunchAsync();
        await host.Hypervisor.ContinueAsync(key, default);
        await host.Hypervisor.DisposeAsync();

        var next = host.NewSupervisor();
        Assert.Equal(new ProbeResult.Alive(identity, GuestState.Running), await next.ProbeAsync(key, identity, default));
        Assert.Equal(new ProbeResult.Alive(identity, GuestState.Running), await next.ProbeAsync(key, null, default));

        await using var news = new GuestNewsLog(next, key);
        await news.StateAsync(GuestState.Running);
        Assert.IsType<MonitorResult.Done>(await next.PauseAsync(key, default));
        await news.StateAsync(GuestState.Paused);

        // The status is its parent's to know: the test's process stands for both supervisors, so it is known here.
        var exit = next.WaitForExitAsync(key, identity, default);
        host.Signal(identity, Signal.Kill);
        await exit;
        Assert.Equal("the monitor closed", await news.Ended);
        Assert.Equal(new ProbeResult.Gone(HostRebooted: false), await next.ProbeAsync(key, identity, default));
        Assert.Equal(new ProbeResult.Gone(HostRebooted: false), await next.ProbeAsync(key, null, default));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task After_a_reboot_of_the_host_it_is_gone_whatever_has_its_pid()
    {
        await using var host = new QemuFixture();
        var (key, identity) = await host.LaunchAsync();
        var rebooted = host.NewSupervisor(new ProcFs(bootId: "another-boot"));
        Assert.Equal(new ProbeResult.Gone(HostRebooted: true), await rebooted.ProbeAsync(key, identity, default));
        Assert.Equal(ProcessExit.Unknowable, await rebooted.ExtinguishAsync(key, identity, _ => { }, default));
        Assert.Equal(ProcessExit.Unknowable, await rebooted.WaitForExitAsync(key, identity, default));
        Assert.IsType<LookResult.Dying>(await rebooted.LookAsync(key, identity, default));
        Assert.IsType<LookResult.Answers>(await host.Hypervisor.LookAsync(key, identity, default));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_life_without_a_process_is_of_the_boot_in_which_the_node_last_owned_its_vms()
    {
        await using var host = new QemuFixture();
        host.Hypervisor.RememberBoot();
        var same = host.NewSupervisor();
        Assert.Equal(new ProbeResult.Gone(HostRebooted: false), await same.ProbeAsync(host.NewKey(), null, default));

        var rebooted = host.NewSupervisor(new ProcFs(bootId: "another-boot"));
        Assert.Equal(new ProbeResult.Gone(HostRebooted: true), await rebooted.ProbeAsync(host.NewKey(), null, default));
        rebooted.RememberBoot();
        Assert.Equal(new ProbeResult.Gone(HostRebooted: false), await rebooted.ProbeAsync(host.NewKey(), null, default));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task Nothing_lives_where_nothing_was_launched()
    {
        await using var host = new QemuFixture();
        Assert.Equal(new ProbeResult.Gone(HostRebooted: false), await host.Hypervisor.ProbeAsync(host.NewKey(), null, default));
        var gone = host.NewKey() with { RunDirectory = host.Files["gone"] };
        Assert.Equal(new ProbeResult.Gone(HostRebooted: false), await host.Hypervisor.ProbeAsync(gone, null, default));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_recorded_process_that_is_gone_while_another_holds_the_lock_is_ambiguous()
    {
        await using var host = new QemuFixture();
        var (key, identity) = await host.LaunchAsync();
        var wrong = identity with { StartTime = identity.StartTime - 1 };
        var ambiguous = Assert.IsType<ProbeResult.Ambiguous>(await host.NewSupervisor().ProbeAsync(key, wrong, default));
        Assert.Contains($"process {identity.Pid} is this VM's QEMU, but the recorded one was", ambiguous.Reason);
    }
}
