using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;
using VmSupervisor.Linux;
using VmSupervisor.Qemu;
using VmSupervisor.Supervisor.Tests.Qemu.Qmp;

namespace VmSupervisor.Supervisor.Tests.Qemu.Backups;

[Collection("jobs of QEMU")]
[Trait("needs", "qemu")]
public sealed class BackupTests
{
    private const long Slow = 2 << 20;

    [Theory(Timeout = QemuFixture.Limit)]
    [InlineData(DiskFormat.Raw)]
    [InlineData(DiskFormat.Qcow2)]
    public async Task Copies_of_two_disks_are_of_one_moment_while_the_guest_writes(DiskFormat format)
    {
        await using var vm = new BackupFixture();
        await vm.RunAsync();
        var request = vm.Request(speed: 48 << 20, second: format);
        await vm.AssertStartsAsync(request);
        var atStart = vm.CounterNow();
        var seen = new List<BackupProgress>();
        var following = vm.FollowAsync(request, seen.Add);
        await vm.WritesOnAsync();
        var end = Assert.IsType<BackupEnd.Completed>(await following);

        Assert.Equal(["a", "b"], vm.Made);
        Assert.Equal(new FileInfo(vm.Target("a")).Length + new FileInfo(vm.Target("b")).Length, end.Bytes);
        var copied = vm.AssertOfOneMoment(vm.Target("a"), format == DiskFormat.Raw ? vm.Target("b") : await vm.AsRawAsync(vm.Target("b")));
        Assert.InRange(copied, 1u, atStart);
        Assert.True(vm.CounterNow() > copied);
        Assert.All(seen, p => Assert.InRange(p.Done, 0, p.Total));
        Assert.True(seen.Count > 0 && seen.SequenceEqual(seen.OrderBy(p => p.Done)));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_qcow2_takes_only_what_has_data()
    {
        await using var vm = new BackupFixture();
        await vm.RunAsync();
        var request = new BackupRequest("one", [new("disk1", vm.Target("b"), DiskFormat.Qcow2)], null, false);
        await vm.AssertStartsAsync(request);
        Assert.InRange((await vm.CompletesAsync(request)).Bytes, 4 << 20, 6 << 20);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_read_only_disk_is_refused_since_a_guest_that_writes_to_it_meanwhile_ends_QEMU()
    {
        await using var vm = new BackupFixture();
        await vm.RunAsync(isReadonly: true);
        await RefusedAsync(vm, vm.Request(), "disk1 is read-only and cannot be backed up; copy its image");
        Assert.Empty(vm.Made);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task The_limit_of_speed_is_over_all_disks()
    {
        await using var vm = new BackupFixture();
        await vm.RunAsync();
        var request = vm.Request(speed: 16 << 20);
        var began = TimeProvider.System.GetTimestamp();
        await vm.AssertStartsAsync(request);
        await vm.CompletesAsync(request);

        // 64 MiB at 16 MiB/s; QEMU lets a first slice pass. Twice the limit would be done after 2 s.
        Assert.True(TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(2.8));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_cancelled_backup_leaves_nothing_and_the_guest_goes_on()
    {
        await using var vm = new BackupFixture();
        await vm.RunAsync();
        var request = vm.Request(speed: Slow, second: DiskFormat.Qcow2);
        Assert.IsType<MonitorResult.Done>(await vm.Backups.CancelAsync(vm.Key, request, default));
        await vm.AssertStartsAsync(request);
        var following = vm.FollowAsync(request);
        Assert.Equal(2, vm.Made.Count(name => name.EndsWith(".partial", StringComparison.Ordinal)));
        Assert.IsType<MonitorResult.Done>(await vm.Backups.CancelAsync(vm.Key, request, default));
        Assert.Empty(vm.Made);
        Assert.IsType<BackupEnd.Failed>(await following);
        Assert.IsType<MonitorResult.Done>(await vm.Backups.CancelAsync(vm.Key, request, default));
        await vm.WritesOnAsync();

        // Nothing of it is in the way of the next one, of the same name or another.
        await CompletesAsync(vm, vm.Request());
        Assert.IsType<MonitorResult.Done>(await vm.Backups.CancelAsync(vm.Key, vm.Request(), default));
        Assert.Equal(["a", "b"], vm.Made);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    [Trait("needs", "root")]
    public async Task A_full_disk_ends_the_backup_and_not_the_guest()
    {
        await using var vm = new BackupFixture();
        using var small = new SmallDisk(vm.Host.Files["small"], "2m");
        await vm.RunAsync();
        var full = Path.Combine(vm.Host.Files["small"], "b");
        BackupRequest To(DiskFormat format) => new("one", [new("disk0", vm.Target("a"), DiskFormat.Raw), new("disk1", full, format)], null, false);

        // What surely does not fit is not begun.
        await RefusedAsync(vm, To(DiskFormat.Raw), "Failed to create");
        Assert.Empty(vm.Made);

        // The guest may meet the full disk before the copy does, and is stopped by QEMU then; it goes on all the same.
        for (var i = 0; i < 5; i++)
        {
            await vm.AssertStartsAsync(To(DiskFormat.Qcow2));
            var failed = Assert.IsType<BackupEnd.Failed>(await vm.FollowAsync(To(DiskFormat.Qcow2)));
            Assert.Equal($"disk1: No space left on device ({full})", failed.Reason);
            Assert.Empty(vm.Made);
            Assert.Empty(Directory.GetFileSystemEntries(vm.Host.Files["small"]));
            Assert.Equal(new LookResult.Answers(GuestState.Running), await vm.Host.Hypervisor.LookAsync(vm.Key, vm.Identity, default));
        }

        await vm.WritesOnAsync();
        await CompletesAsync(vm, vm.Request());
    }

    [Theory(Timeout = QemuFixture.Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_guest_that_powers_off_or_is_paused_does_not_end_its_backup(bool powerOff)
    {
        await using var vm = new BackupFixture();
        await vm.RunAsync();
        var request = vm.Request(speed: 24 << 20);
        await vm.AssertStartsAsync(request);
        if (powerOff)
            await vm.Host.TypeAsync(vm.Key, "o");
        else
            await vm.Host.Hypervisor.PauseAsync(vm.Key, default);
        await vm.CompletesAsync(request);
        vm.AssertOfOneMoment(vm.Target("a"), vm.Target("b"));
        Assert.Equal(
            new LookResult.Answers(powerOff ? GuestState.Shutdown : GuestState.Paused), await vm.Host.Hypervisor.LookAsync(vm.Key, vm.Identity, default));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task What_is_in_the_way_is_named_and_stays()
    {
        await using var vm = new BackupFixture();
        await vm.RunAsync();
        await File.WriteAllTextAsync(vm.Target("b"), "somebody's");
        await RefusedAsync(vm, vm.Request(), $"{vm.Target("b")} exists already; choose another target or remove it");
        Assert.Equal(["b"], vm.Made);
        vm.Backups.RemovePartial(vm.Request());
        Assert.IsType<MonitorResult.Done>(await vm.Backups.CancelAsync(vm.Key, vm.Request(), default));
        Assert.Equal("somebody's", await File.ReadAllTextAsync(vm.Target("b")));

        BackupDisk disk = new("disk0", vm.Target("c"), DiskFormat.Qcow2);
        await RefusedAsync(vm, new("x", [disk, disk with { Name = "disk1" }], null, false), $"{vm.Target("c")} is the target of several disks; each needs a file of its own");
        await RefusedAsync(vm, new("x", [disk, new("disk7", vm.Target("d"), DiskFormat.Raw)], null, false), "QEMU has no disk 'disk7' to back up");
        await RefusedAsync(vm, new("x", [disk, new("disk1", "/no/such/d", DiskFormat.Raw)], null, false), "Could not find a part of the path '/no/such/d");
        Assert.Equal(["b"], vm.Made);
        File.Delete(vm.Target("b"));
        await CompletesAsync(vm, vm.Request());
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_target_that_somebody_makes_while_it_runs_is_not_replaced()
    {
        await using var vm = new BackupFixture();
        await vm.RunAsync();
        await vm.AssertStartsAsync(vm.Request());
        await File.WriteAllTextAsync(vm.Target("b"), "somebody's");
        var failed = Assert.IsType<BackupEnd.Failed>(await vm.FollowAsync(vm.Request()));
        Assert.Equal($"{vm.Target("b")} was made by somebody else while the backup ran", failed.Reason);
        Assert.Equal(["b"], vm.Made);
        Assert.Equal("somebody's", await File.ReadAllTextAsync(vm.Target("b")));
    }

    private static async Task RefusedAsync(BackupFixture vm, BackupRequest request, string reason)
    {
        var failed = Assert.IsType<BackupStart.Failed>(await vm.Backups.StartAsync(vm.Key, request, default));
        Assert.StartsWith(reason, failed.Reason);
        Assert.False(failed.Unreachable);
    }

    private static async Task CompletesAsync(BackupFixture vm, BackupRequest request)
    {
        await vm.AssertStartsAsync(request);
        await vm.CompletesAsync(request);
    }
}
