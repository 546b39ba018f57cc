using Microsoft.Extensions.Logging.Abstractions;
using VmSupervisor.Actors.Persistence;
using VmSupervisor.Actors.Persistence.Batching;
using VmSupervisor.Actors.TestKit;

namespace VmSupervisor.Actors.Tests.Persistence.Batching;

/// <summary>A batching writer on a scheduler and a clock that the test drives.</summary>
internal sealed class WriterHarness
{
    public WriterHarness(BatchingOptions? options = null, FakeDisk? disk = null)
    {
        if (disk is not null)
            Store.Answer = disk.Write;
        Writer = new BatchingWriter(Store, disk, Scheduler, Time, options ?? new BatchingOptions(), NullLogger.Instance);
    }

    public FakeStore Store { get; } = new();

    public ManualScheduler Scheduler { get; } = new();

    public VirtualTime Time { get; } = new();

    public BatchingWriter Writer { get; }

    public Task<AppendResult> Append(
        string id = "vm-1", AppendPriority priority = AppendPriority.Normal, int bytes = 8, CancellationToken cancellationToken = default) =>
        Writer.WriteAsync(new JournalWrite.Append(
            new AppendRequest(id, 0, [new NewEvent("started", 1, new byte[bytes], Time.GetUtcNow())]) { Priority = priority }), cancellationToken);

    /// <summary>The answer, which must be there by now.</summary>
    public static AppendResult Answered(Task<AppendResult> append)
    {
        Assert.True(append.IsCompletedSuccessfully, "the append has not been answered");
        return append.Result;
    }
}
