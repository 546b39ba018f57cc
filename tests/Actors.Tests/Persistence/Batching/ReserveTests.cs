using VmSupervisor.Actors.Persistence;
using VmSupervisor.Actors.Persistence.Batching;
using static VmSupervisor.Actors.Tests.Persistence.Batching.WriterHarness;

namespace VmSupervisor.Actors.Tests.Persistence.Batching;

public sealed class ReserveTests
{
    [Fact]
    public void A_full_disk_refuses_normal_writes_and_keeps_the_reserve()
    {
        var disk = new FakeDisk(free: 10, reserveSize: 10);
        var harness = new WriterHarness(disk: disk);
        var append = harness.Append();
        harness.Scheduler.RunAll();
        var cause = Assert.IsType<AppendResult.Rejected>(Answered(append)).Cause;
        Assert.IsType<JournalFullException>(cause);
        Assert.StartsWith("disk full", cause.Message);
        Assert.Equal("no space left on device", cause.InnerException?.Message);
        Assert.True(disk.IsHeld);
    }

    [Fact]
    public void What_must_not_be_lost_is_written_into_the_reserve()
    {
        var disk = new FakeDisk(free: 10, reserveSize: 10);
        var harness = new WriterHarness(disk: disk);
        var normal = harness.Append("define");
        var reserve = harness.Append("exit", AppendPriority.Reserve);
        harness.Scheduler.RunAll();
        Assert.IsType<AppendResult.Rejected>(Answered(normal));
        Assert.IsType<AppendResult.Appended>(Answered(reserve));
        Assert.False(disk.IsHeld);
    }

    [Fact]
    public void A_large_write_without_room_does_not_cost_the_reserve()
    {
        var disk = new FakeDisk(free: 11, reserveSize: 10);
        var harness = new WriterHarness(disk: disk);
        var normal = harness.Append("define");
        var reserve = harness.Append("exit", AppendPriority.Reserve);
        harness.Scheduler.RunAll();
        Assert.IsType<AppendResult.Rejected>(Answered(normal));
        Assert.IsType<AppendResult.Appended>(Answered(reserve));
        Assert.True(disk.IsHeld);
    }

    [Fact]
    public void Normal_writes_never_eat_up_the_space_given_back()
    {
        var (disk, harness) = Released();
        var normal = harness.Append("define");
        harness.Scheduler.RunAll();
        Assert.IsType<JournalFullException>(Assert.IsType<AppendResult.Rejected>(Answered(normal)).Cause);
        Assert.Equal(9, disk.Free);
        var reserve = harness.Append("exit", AppendPriority.Reserve);
        harness.Scheduler.RunAll();
        Assert.IsType<AppendResult.Appended>(Answered(reserve));
    }

    [Fact]
    public void With_room_again_the_reserve_stands_again_and_normal_writes_pass()
    {
        var (disk, harness) = Released();
        disk.Free += 100;
        harness.Time.Advance(TimeSpan.FromSeconds(1));
        var normal = harness.Append("define");
        harness.Scheduler.RunAll();
        Assert.IsType<AppendResult.Appended>(Answered(normal));
        Assert.True(disk.IsHeld);
    }

    [Fact]
    public void A_full_disk_is_not_asked_for_the_reserve_at_every_write()
    {
        var (disk, harness) = Released();
        var before = disk.Restores;
        harness.Time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 5; i++)
        {
            harness.Append("exit", AppendPriority.Reserve);
            harness.Scheduler.RunAll();
        }
        Assert.Equal(before + 1, disk.Restores);
    }

    [Fact]
    public void When_the_reserve_is_used_up_everything_is_rejected_for_certain()
    {
        var (disk, harness) = Released();
        disk.Free = 0;
        var reserve = harness.Append("exit", AppendPriority.Reserve);
        harness.Scheduler.RunAll();
        Assert.IsType<JournalFullException>(Assert.IsType<AppendResult.Rejected>(Answered(reserve)).Cause);
    }

    private static (FakeDisk Disk, WriterHarness Harness) Released()
    {
        var disk = new FakeDisk(free: 10, reserveSize: 10);
        var harness = new WriterHarness(disk: disk);
        harness.Append("exit", AppendPriority.Reserve);
        harness.Scheduler.RunAll();
        Assert.False(disk.IsHeld);
        return (disk, harness);
    }
}
