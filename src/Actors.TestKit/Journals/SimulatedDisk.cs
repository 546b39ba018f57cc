using VmSupervisor.Actors.Persistence;
using VmSupervisor.Actors.Persistence.Batching;

namespace VmSupervisor.Actors.TestKit.Journals;

/// <summary>
/// A disk with a journal on it, which outlives the processes that open it: commits take time, are lost, are not
/// answered; room runs out. One process at a time has it open.
/// </summary>
/// <param name="durable">What is durable.</param>
/// <param name="scheduler">Where writers run; a steppable dispatcher's, so that a seeded run is the same run.</param>
/// <param name="time">The clock by which commits take time.</param>
public sealed class SimulatedDisk(InMemoryJournal durable, TaskScheduler scheduler, TimeProvider time)
{
    /// <summary>Longer than <see cref="BatchingOptions.CommitTimeLimit"/>.</summary>
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(15);

    private readonly Queue<StoreFault> _faults = [];
    private readonly SimulatedReserve _reserve = new();
    private Store? _open;

    /// <summary>How long a commit takes; 2 ms by default, as on a good SSD. At once when zero.</summary>
    public TimeSpan CommitTakes { get; set; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Called with every fault when it strikes; with null when there was no room.</summary>
    public Action<StoreFault?>? OnFault { get; set; }

    /// <summary>How many writes every commit shared, counted by size.</summary>
    public SortedDictionary<int, int> BatchSizes { get; } = [];

    /// <summary>What is being committed; empty when nothing is.</summary>
    public IReadOnlyList<JournalWrite> Committing => _open?.Committing ?? [];

    /// <summary>Whether the space kept for what must not be lost is occupied.</summary>
    public bool IsReserveHeld => _reserve.IsHeld;

    /// <summary>A process opens the journal. The one before is gone: see <see cref="Kill"/>.</summary>
    /// <param name="options">The writer's limits.</param>
    public IJournal Open(BatchingOptions? options = null)
    {
        if (_open is { IsDead: false })
            throw new InvalidOperationException("another process has the journal open");
        _reserve.TryRestore();
        _open = new Store(this);
        return new SimulatedJournal(durable, new BatchingWriter(
            _open, _reserve, scheduler, time, options ?? new BatchingOptions(), Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance));
    }

    /// <summary>The process that has it open is gone at once, and what it had not begun to commit with it.</summary>
    /// <param name="commitSurvives">Whether a commit that was on its way turns out to be durable.</param>
    public void Kill(bool commitSurvives = false) => _open?.Kill(commitSurvives);

    /// <summary>The next commit that has no other fault has this one.</summary>
    public void FailNext(StoreFault fault) => _faults.Enqueue(fault);

    /// <summary>There is room for so many writes more, and for the reserve when it is given back.</summary>
    public void Fill(int writesLeft = 0) => _reserve.Room = writesLeft;

    /// <summary>There is room.</summary>
    public void Free() => _reserve.Room = null;

    /// <summary>No fault that was asked for strikes any more, and there is room.</summary>
    public void Heal()
    {
        _faults.Clear();
        Free();
    }

    private AppendResult Write(JournalWrite write)
    {
        switch (write)
        {
            case JournalWrite.Append append:
                return Now(durable.AppendAsync(append.Request));
            case JournalWrite.SaveSnapshot save:
                durable.SaveSnapshotAsync(save.Snapshot);
                break;
            case JournalWrite.DeleteSnapshots delete:
                durable.DeleteSnapshotsAsync(delete.PersistenceId, delete.ToVersion);
                break;
            case JournalWrite.DeleteEvents delete:
                durable.DeleteEventsAsync(delete.PersistenceId, delete.ToVersion);
                break;
            case JournalWrite.AddNote add:
                durable.AddNoteAsync(add.Note);
                break;
            default:
                throw new InvalidOperationException($"{write.GetType().Name} is not a write");
        }

        return new AppendResult.Appended(0, 0);
    }

    // What is in memory answers at once.
    private static T Now<T>(Task<T> task) => task.IsCompletedSuccessfully ? task.Result : throw new InvalidOperationException("it is not done", task.Exception);

    /// <summary>The disk as one process has it open.</summary>
    private sealed class Store(SimulatedDisk disk) : IBatchStore
    {
        public bool IsDead { get; private set; }

        public IReadOnlyList<JournalWrite> Committing { get; private set; } = [];

        public void Kill(bool commitSurvives)
        {
            IsDead = true;
            if (commitSurvives && disk._reserve.TryTake(Committing.Count))
                Apply(Committing);
            Committing = [];
        }

        public async ValueTask<BatchResult> CommitAsync(IReadOnlyList<JournalWrite> batch)
        {
            StoreFault? fault = disk._faults.TryDequeue(out var next) ? next : null;
            Committing = batch;
            var takes = fault == StoreFault.Slow ? Hang : disk.CommitTakes;
            if (!IsDead && takes > TimeSpan.Zero)
                await Task.Delay(takes, disk.Time);
            if (IsDead)
                return await new TaskCompletionSource<BatchResult>().Task;
            Committing = [];
            if (fault is not null)
                disk.OnFault?.Invoke(fault);
            return fault switch
            {
                StoreFault.NotWritten => new BatchResult.NotWritten(new IOException("the disk does not take it")),
                StoreFault.LostBeforeCommit => new BatchResult.Unknown(new IOException("the commit failed")),
                _ => Commit(batch, fault),
            };
        }

        public ValueTask MaintainAsync() => ValueTask.CompletedTask;

        private BatchResult Commit(IReadOnlyList<JournalWrite> batch, StoreFault? fault)
        {
            if (!disk._reserve.TryTake(batch.Count))
            {
                disk.OnFault?.Invoke(null);
                return new BatchResult.Full(new IOException("no space left on device"));
            }

            disk.BatchSizes[batch.Count] = disk.BatchSizes.GetValueOrDefault(batch.Count) + 1;
            var results = Apply(batch);
            return fault == StoreFault.CommittedUnanswered
                ? new BatchResult.Unknown(new IOException("the answer to the commit was lost"))
                : new BatchResult.Committed(results);
        }

        private AppendResult[] Apply(IReadOnlyList<JournalWrite> batch) => [.. batch.Select(disk.Write)];
    }

    private TimeProvider Time => time;
}
