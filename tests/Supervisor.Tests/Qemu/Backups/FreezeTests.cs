using VmSupervisor.Qemu;
using VmSupervisor.Qemu.Backups;
using VmSupervisor.Qemu.CommandLine;
using VmSupervisor.Supervisor.Tests.Qemu.Agents;

namespace VmSupervisor.Supervisor.Tests.Qemu.Backups;

[Collection("jobs of QEMU")]
[Trait("needs", "qemu")]
public sealed class FreezeTests
{
    private const string Sync = "guest-sync-delimited", Freeze = "guest-fsfreeze-freeze", Thaw = "guest-fsfreeze-thaw";

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task The_copies_begin_while_the_guest_is_frozen_and_it_is_thawed_at_once()
    {
        await using var vm = new BackupFixture();
        await vm.RunAsync();
        uint? atFreeze = null;
        await using var agent = new FakeAgent(Socket(vm))
        {
            OnFreeze = () =>
            {
                atFreeze = vm.CounterNow();
                return Task.CompletedTask;
            },
        };
        var request = vm.Request(speed: 24 << 20, freeze: true);
        Assert.Equal(new BackupStart.Started(true), await vm.Backups.StartAsync(vm.Key, request, default));
        Assert.False(agent.IsFrozen);
        Assert.Equal([Sync, Freeze, Sync, Thaw], agent.Asked);

        // Whoever comes after a supervisor that was killed does not know whether it could thaw.
        Assert.Equal(new BackupStart.Started(true), await vm.Host.Hypervisor.Backups.StartAsync(vm.Key, request, default));
        Assert.Equal([Sync, Freeze, Sync, Thaw, Sync, Thaw], agent.Asked);
        await vm.CompletesAsync(request);
        Assert.True(vm.AssertOfOneMoment(vm.Target("a"), vm.Target("b")) >= atFreeze);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task No_agent_is_no_failure()
    {
        await using var vm = new BackupFixture();
        await vm.RunAsync();
        await vm.AssertStartsAsync(vm.Request(freeze: true));
        await vm.CompletesAsync(vm.Request(freeze: true));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_silent_agent_is_not_sent_a_freeze_that_it_might_obey_later()
    {
        await using var vm = new BackupFixture(Impatient);
        await vm.RunAsync();
        await using var agent = new FakeAgent(Socket(vm)) { Ignores = [Sync, Freeze, Thaw] };
        await vm.AssertStartsAsync(vm.Request(freeze: true));
        await vm.CompletesAsync(vm.Request(freeze: true));
        Assert.Equal([Sync], agent.Asked);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_freeze_that_fails_or_is_not_answered_is_thawed_and_the_backup_goes_on()
    {
        foreach (var ignores in (bool[])[false, true])
        {
            await using var vm = new BackupFixture(Impatient);
            await vm.RunAsync();
            await using var agent = new FakeAgent(Socket(vm)) { Refuses = ignores ? [] : [Freeze], Ignores = ignores ? [Freeze] : [] };
            await vm.AssertStartsAsync(vm.Request(freeze: true));
            Assert.Equal([Sync, Freeze, Sync, Thaw], agent.Asked);
            await vm.CompletesAsync(vm.Request(freeze: true));
        }
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_guest_that_cannot_be_thawed_is_named()
    {
        await using var vm = new BackupFixture(Impatient);
        await vm.RunAsync();
        await using var agent = new FakeAgent(Socket(vm)) { Ignores = [Thaw] };
        var started = Assert.IsType<BackupStart.Started>(await vm.Backups.StartAsync(vm.Key, vm.Request(freeze: true), default));
        Assert.Equal("the guest's file systems may still be frozen: the agent was told to thaw them, and it did not answer within 0.5 s", started.Warning);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_transaction_that_is_refused_and_a_cancel_thaw_as_well()
    {
        await using var vm = new BackupFixture();
        await vm.RunAsync();
        var second = vm.Request(id: "two", freeze: true);
        second = second with { Disks = [.. second.Disks.Select(d => d with { Target = d.Target + "2" })] };
        await using var agent = new FakeAgent(Socket(vm)) { OnFreeze = () => vm.CloseAsync(new BackupNames(second.Id).Target(second.Disks[0])) };
        await vm.AssertStartsAsync(vm.Request(speed: 1 << 20));
        Assert.IsType<MonitorResult.Done>(await vm.Backups.CancelAsync(vm.Key, vm.Request(freeze: true), default));
        Assert.Equal([Sync, Thaw], agent.Asked);

        // Prepared, frozen, and then the transaction finds one of its nodes gone.
        var refused = Assert.IsType<BackupStart.Failed>(await vm.Backups.StartAsync(vm.Key, second, default));
        Assert.Contains(new BackupNames(second.Id).Target(second.Disks[0]), refused.Reason);
        Assert.Equal([Sync, Thaw, Sync, Freeze, Sync, Thaw], agent.Asked);
        Assert.False(agent.IsFrozen);
    }

    private static HypervisorOptions Impatient(HypervisorOptions options) =>
        QemuFixture.Patient(options) with { AgentDeadline = TimeSpan.FromMilliseconds(500), FreezeDeadline = TimeSpan.FromMilliseconds(500) };

    private static string Socket(BackupFixture vm) => new RunFiles(vm.Key.RunDirectory).Agent;
}
