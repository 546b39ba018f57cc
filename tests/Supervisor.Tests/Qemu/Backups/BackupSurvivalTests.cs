using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;
using VmSupervisor.Linux;
using VmSupervisor.Qemu;
using VmSupervisor.Supervisor.Tests.Qemu.Qmp;

namespace VmSupervisor.Supervisor.Tests.Qemu.Backups;

/// <summary>Supervisors, QEMUs and monitors that fail in the middle of a backup.</summary>
[Collection("jobs of QEMU")]
[Trait("needs", "qemu")]
public sealed class BackupSurvivalTests
{
    [Theory(Timeout = QemuFixture.Limit)]
    [InlineData(24L << 20)]
    [InlineData(null)]
    public async Task A_new_supervisor_finds_the_jobs_running_or_concluded(long? speed)
    {
        await using var vm = new BackupFixture();
        await vm.RunAsync();
        var request = vm.Request(speed: speed, second: DiskFormat.Qcow2);
        await vm.AssertStartsAsync(request);
        if (speed is null)
            await vm.JobsConcludeAsync();

        await vm.Host.Hypervisor.DisposeAsync();
        await using (var next = vm.Host.NewSupervisor())
        {
            Assert.Equal(new BackupStart.Started(false), await next.Backups.StartAsync(vm.Key, request, default));
            Assert.IsType<BackupEnd.Completed>(await next.Backups.FollowAsync(vm.Key, request, _ => { }, default));
            Assert.Equal(["a", "b"], vm.Made);
        }

        // It was killed before it could write that down: the same answer.
        Assert.IsType<BackupEnd.Completed>(await vm.Host.NewSupervisor().Backups.FollowAsync(vm.Key, request, _ => { }, default));
        Assert.Equal(["a", "b"], vm.Made);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_start_that_was_given_up_at_any_moment_can_be_repeated_or_cancelled()
    {
        await using var vm = new BackupFixture();
        await vm.RunAsync();
        var random = new Seeded(11);
        for (var i = 0; i < 12; i++)
        {
            var request = vm.Request(id: $"try-{i}", speed: 1 << 20, second: DiskFormat.Qcow2);
            using var cancel = new CancellationTokenSource(TimeSpan.FromMicroseconds(random.Below(30_000)), TimeProvider.System);
            try
            {
                await vm.Backups.StartAsync(vm.Key, request, cancel.Token);
            }
            catch (OperationCanceledException)
            {
                // That is the point.
            }

            if (i % 2 == 0)
                await vm.AssertStartsAsync(request);
            Assert.IsType<MonitorResult.Done>(await vm.Backups.CancelAsync(vm.Key, request, default));
            Assert.Empty(vm.Made);
        }
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_follower_that_was_given_up_at_any_moment_leaves_a_backup_that_the_next_one_completes()
    {
        await using var vm = new BackupFixture();
        await vm.RunAsync();
        var random = new Seeded(12);
        for (var i = 0; i < 8; i++)
        {
            var request = vm.Request(id: $"try-{i}", second: DiskFormat.Qcow2);
            await vm.AssertStartsAsync(request);
            using var cancel = new CancellationTokenSource(TimeSpan.FromMicroseconds(random.Below(300_000)), TimeProvider.System);
            try
            {
                await vm.Backups.FollowAsync(vm.Key, request, _ => { }, cancel.Token);
            }
            catch (OperationCanceledException)
            {
                // That is the point.
            }

            await vm.CompletesAsync(request);
            Assert.Equal(["a", "b"], vm.Made);
            File.Delete(vm.Target("a"));
            File.Delete(vm.Target("b"));
        }
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_QEMU_that_is_killed_loses_the_backup_and_its_partial_files_can_be_removed()
    {
        await using var vm = new BackupFixture();
        await vm.RunAsync();
        var request = vm.Request(speed: 1 << 20, second: DiskFormat.Qcow2);
        await vm.AssertStartsAsync(request);
        var following = vm.FollowAsync(request);
        vm.Host.Signal(vm.Identity, Signal.Kill);
        Assert.IsType<BackupEnd.Lost>(await following);
        await vm.Host.Hypervisor.WaitForExitAsync(vm.Key, vm.Identity, default);
        Assert.Equal(2, vm.Made.Length);
        Assert.True(Assert.IsType<MonitorResult.Failed>(await vm.Backups.CancelAsync(vm.Key, request, default)).Unreachable);
        vm.Backups.RemovePartial(vm.Request(id: "another"));
        Assert.Equal(2, vm.Made.Length);
        vm.Backups.RemovePartial(request);
        vm.Backups.RemovePartial(request);
        Assert.Empty(vm.Made);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_quit_ends_QEMU_at_once_and_the_backup_with_it()
    {
        await using var vm = new BackupFixture();
        await vm.RunAsync();
        var request = vm.Request(speed: 1 << 20);
        await vm.AssertStartsAsync(request);
        var following = vm.FollowAsync(request);
        Assert.IsType<MonitorResult.Done>(await vm.Host.Hypervisor.QuitAsync(vm.Key, default));
        Assert.Equal(new ProcessExit(0, null), await vm.Host.Hypervisor.WaitForExitAsync(vm.Key, vm.Identity, default));

        // QEMU cancels the jobs on its way out, and whoever asks in between is told so.
        Assert.True(await following is BackupEnd.Lost or BackupEnd.Failed);
        vm.Backups.RemovePartial(request);
        Assert.Empty(vm.Made);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_frozen_QEMU_is_unreachable_for_a_start_and_followed_until_it_thaws()
    {
        await using var vm = new BackupFixture(o => o with { CommandDeadline = TimeSpan.FromMilliseconds(300) });
        await vm.RunAsync();
        vm.Host.Signal(vm.Identity, Signal.Stop);
        Assert.Equal(new BackupStart.Failed("the monitor did not answer within 0.3 s", true), await vm.Backups.StartAsync(vm.Key, vm.Request(), default));
        vm.Host.Signal(vm.Identity, Signal.Continue);
        BackupStart start;
        while ((start = await vm.Backups.StartAsync(vm.Key, vm.Request(speed: 24 << 20), default)) is BackupStart.Failed { Unreachable: true })
        {
            // It has just thawed, on a loaded host.
        }

        Assert.Equal(new BackupStart.Started(false), start);
        vm.Host.Signal(vm.Identity, Signal.Stop);
        var following = vm.FollowAsync(vm.Request(speed: 24 << 20));
        Assert.True(Assert.IsType<MonitorResult.Failed>(await vm.Host.Hypervisor.PauseAsync(vm.Key, default)).Unreachable);
        Assert.False(following.IsCompleted);
        vm.Host.Signal(vm.Identity, Signal.Continue);
        Assert.IsType<BackupEnd.Completed>(await following);
    }
}
