using VmSupervisor.Domain;
using VmSupervisor.Linux;
using VmSupervisor.Qemu;

namespace VmSupervisor.Supervisor.Tests.Qemu.Launch;

[Trait("needs", "qemu")]
public sealed class GuestNewsTests
{
    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_guest_that_powers_off_tells_so_and_leaves_its_process()
    {
        await using var host = new QemuFixture();
        var (key, identity) = await host.LaunchAsync();
        await using var news = new GuestNewsLog(host.Hypervisor, key);
        await news.StateAsync(GuestState.Prelaunch);
        await host.Hypervisor.ContinueAsync(key, default);
        await news.StateAsync(GuestState.Running);
        await host.TypeAsync(key, "off");
        Assert.Equal(new GuestNews.PoweredOff("guest-shutdown"), await news.NextAsync());
        await news.StateAsync(GuestState.Shutdown);
        Assert.Equal(new LookResult.Answers(GuestState.Shutdown), await host.Hypervisor.LookAsync(key, identity, default));
        var refused = Assert.IsType<MonitorResult.Failed>(await host.Hypervisor.ContinueAsync(key, default));
        Assert.False(refused.Unreachable);
        Assert.StartsWith("QEMU refused: ", refused.Reason);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task The_power_button_powers_off()
    {
        await using var host = new QemuFixture();
        var (key, _) = await host.LaunchAsync();
        await using var news = new GuestNewsLog(host.Hypervisor, key);
        await news.StateAsync(GuestState.Prelaunch);
        await host.Hypervisor.ContinueAsync(key, default);
        await news.StateAsync(GuestState.Running);
        await host.SerialAsync(key, "READY");
        Assert.IsType<MonitorResult.Done>(await host.Hypervisor.PowerDownAsync(key, default));
        Assert.Equal(new GuestNews.PoweredOff("guest-shutdown"), await news.NextAsync());
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_guest_that_panics_tells_so_and_stands_still()
    {
        await using var host = new QemuFixture();
        var (key, _) = await host.LaunchAsync();
        await using var news = new GuestNewsLog(host.Hypervisor, key);
        await news.StateAsync(GuestState.Prelaunch);
        await host.Hypervisor.ContinueAsync(key, default);
        await news.StateAsync(GuestState.Running);
        await host.TypeAsync(key, "panic");
        Assert.IsType<GuestNews.Panicked>(await news.NextAsync());
        await news.StateAsync(GuestState.Panicked);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task Resets_tell_who_did_it()
    {
        await using var host = new QemuFixture();
        var (key, _) = await host.LaunchAsync();
        await using var news = new GuestNewsLog(host.Hypervisor, key);
        await news.StateAsync(GuestState.Prelaunch);
        await host.Hypervisor.ContinueAsync(key, default);
        await news.StateAsync(GuestState.Running);
        await host.TypeAsync(key, "reboot");
        Assert.Equal(new GuestNews.Reset(ByGuest: true), await news.NextAsync());
        Assert.IsType<MonitorResult.Done>(await host.Hypervisor.ResetAsync(key, default));

        // The guest presses two reset ports in a row; on a loaded host QEMU may take them for two resets.
        GuestNews next;
        do
        {
            next = await news.NextAsync();
        }
        while (next is GuestNews.Reset { ByGuest: true });
        Assert.Equal(new GuestNews.Reset(ByGuest: false), next);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task What_happened_before_somebody_follows_is_not_lost()
    {
        await using var host = new QemuFixture();
        var (key, identity) = await host.LaunchAsync();
        await host.Hypervisor.ContinueAsync(key, default);
        await host.TypeAsync(key, "off");
        LookResult look;
        do
        {
            look = await host.Hypervisor.LookAsync(key, identity, default);
        }
        while (look is not LookResult.Answers(GuestState.Shutdown));

        await using (var news = new GuestNewsLog(host.Hypervisor, key))
        {
            await news.StateAsync(GuestState.Shutdown);
            Assert.Equal(new GuestNews.PoweredOff("guest-shutdown"), await news.NextAsync());
        }

        await using var again = new GuestNewsLog(host.Hypervisor, key);
        await again.StateAsync(GuestState.Shutdown);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_frozen_QEMU_is_followed_until_it_thaws()
    {
        await using var host = new QemuFixture(o => o with { CommandDeadline = TimeSpan.FromMilliseconds(200) });
        var (key, identity) = await host.LaunchAsync();
        host.Signal(identity, Signal.Stop);
        await using var news = new GuestNewsLog(host.Hypervisor, key);
        Assert.IsType<MonitorResult.Failed>(await host.Hypervisor.ContinueAsync(key, default));
        Assert.False(news.Ended.IsCompleted);
        host.Signal(identity, Signal.Continue);

        // The continue that was given up happens now: what its caller was told, "it may or may not have happened".
        GuestNews last;
        do
        {
            last = await news.NextAsync();
        }
        while (last != new GuestNews.State(GuestState.Running));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task Following_what_is_gone_ends_with_a_reason()
    {
        await using var host = new QemuFixture();
        var (key, identity) = await host.LaunchAsync();
        host.Signal(identity, Signal.Kill);
        await host.Hypervisor.ExtinguishAsync(key, identity, _ => { }, default);
        Assert.Contains("cannot connect", await host.Hypervisor.FollowGuestAsync(key, _ => { }, default));
    }
}
