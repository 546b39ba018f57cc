using VmSupervisor.Actors.Persistence;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Doctor;
using VmSupervisor.Doctor.Checks;
using VmSupervisor.Supervisor.Tests.Qemu.Qmp;

namespace VmSupervisor.Supervisor.Tests.Doctor;

public sealed class NodeDoctorTests
{
    private readonly ManualTime time = new();

    [Fact]
    public async Task A_check_that_throws_or_hangs_has_failed_and_the_others_are_made()
    {
        var hanging = new Check("c", async cancellation =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
            return Finding.Ok("");
        });
        var examination = new NodeDoctor([new Check("a", _ => throw new IOException("no such thing")), new Check("b", _ => Task.FromResult(Finding.Ok("well"))), hanging], time)
            .ExamineAsync(TestContext.Current.CancellationToken);
        await hanging.Began;
        while (!examination.IsCompleted)
        {
            // The doctor's timer is set just after the check has begun.
            time.Advance(NodeDoctor.Limit);
            await Task.Yield();
        }

        var checks = await examination;
        Assert.Equal(["a", "b", "c"], checks.Select(c => c.Check));
        Assert.Equal([DoctorStatus.Failed, DoctorStatus.Ok, DoctorStatus.Failed], checks.Select(c => c.Status));
        Assert.Equal(["no such thing", "well", "it did not end within 10 s"], checks.Select(c => c.Found));
    }

    [Fact]
    public async Task A_journal_is_read_written_and_measured()
    {
        var finding = await new JournalCheck(new InMemoryJournal(TimeProvider.System), time).LookAsync(default);
        Assert.Equal(Finding.Ok("head at 0, a write is durable after 0.0 ms"), finding);
    }

    [Theory]
    [InlineData(100, 16, true, null)]
    [InlineData(15, 16, true, DoctorStatus.Warning)]
    [InlineData(100, 16, false, DoctorStatus.Failed)]
    [InlineData(1, 0, false, null)]
    public void The_room_of_a_journal_is_measured_by_its_reserve(long freeMiB, long reserveMiB, bool held, DoctorStatus? status)
    {
        var finding = JournalCheck.WhyTight(new JournalSpace("/j", freeMiB << 20, reserveMiB << 20, held), "head at 1");
        Assert.Equal(status, finding?.Status);
        Assert.Equal(status is not null, finding?.Remedy is not null);
    }

    private sealed class Check(string name, Func<CancellationToken, Task<Finding>> look) : ICheck
    {
        private readonly TaskCompletionSource began = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Began => began.Task;

        public string Name => name;

        public Task<Finding> LookAsync(CancellationToken cancellationToken)
        {
            began.SetResult();
            return look(cancellationToken);
        }
    }
}
