using VmSupervisor.Actors.Persistence;
using VmSupervisor.Actors.Persistence.Batching;

namespace VmSupervisor.Actors.Tests.Persistence.Batching;

/// <summary>Remembers the batches it gets and answers them as the test wants; by default all is written.</summary>
internal sealed class FakeStore : IBatchStore
{
    public List<IReadOnlyList<JournalWrite>> Batches { get; } = [];

    public Func<IReadOnlyList<JournalWrite>, ValueTask<BatchResult>> Answer { get; set; } = batch => ValueTask.FromResult(AllWritten(batch));

    public int Maintained { get; private set; }

    public static BatchResult AllWritten(IReadOnlyList<JournalWrite> batch) =>
        new BatchResult.Committed([.. batch.Select(_ => new AppendResult.Appended(1, 1))]);

    public ValueTask<BatchResult> CommitAsync(IReadOnlyList<JournalWrite> batch)
    {
        Batches.Add(batch);
        return Answer(batch);
    }

    public ValueTask MaintainAsync()
    {
        Maintained++;
        return ValueTask.CompletedTask;
    }
}

/// <summary>A disk with so many free units: a write takes one, the reserve some.</summary>
internal sealed class FakeDisk(int free, int reserveSize) : ISpaceReserve
{
    public int Free { get; set; } = free;

    public bool IsHeld { get; private set; }

    public int Restores { get; private set; }

    public bool TryRelease()
    {
        if (!IsHeld)
            return false;
        IsHeld = false;
        Free += reserveSize;
        return true;
    }

    public bool TryRestore()
    {
        Restores++;
        if (Free < reserveSize)
            return false;
        Free -= reserveSize;
        return IsHeld = true;
    }

    public ValueTask<BatchResult> Write(IReadOnlyList<JournalWrite> batch)
    {
        if (batch.Count > Free)
            return ValueTask.FromResult<BatchResult>(new BatchResult.Full(new IOException("no space left on device")));
        Free -= batch.Count;
        return ValueTask.FromResult(FakeStore.AllWritten(batch));
    }
}
