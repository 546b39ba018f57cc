using System.Collections.Concurrent;
using VmSupervisor.Actors.Persistence.Batching;
using VmSupervisor.Journal.Sqlite.Native;

namespace VmSupervisor.Journal.Sqlite.Reading;

/// <summary>Threads that read, each with its own connection: a slow disk blocks them and no caller.</summary>
internal sealed class ReaderPool : IAsyncDisposable
{
    private readonly BlockingCollection<Action<ReadStatements>> jobs = [];
    private readonly Task[] ended;

    public ReaderPool(IReadOnlyList<ReadStatements> readers)
    {
        ended = [.. readers.Select((reader, number) => Start(reader, $"journal reader {number + 1}"))];
    }

    public Task<T> RunAsync<T>(Func<ReadStatements, T> read, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<T>(cancellationToken);
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            jobs.Add(reader =>
            {
                if (cancellationToken.IsCancellationRequested)
                    answer.SetCanceled(cancellationToken);
                else
                    Answer(answer, reader, read);
            }, CancellationToken.None);
        }
        catch (InvalidOperationException) // CompleteAdding was called.
        {
            return Task.FromException<T>(new JournalClosedException());
        }
        return answer.Task;
    }

    public async ValueTask DisposeAsync()
    {
        jobs.CompleteAdding();
        await Task.WhenAll(ended);
    }

    private Task Start(ReadStatements reader, string name)
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            foreach (var job in jobs.GetConsumingEnumerable())
                job(reader);
            reader.Dispose();
            end.SetResult();
        })
        { Name = name, IsBackground = true };
        thread.Start();
        return end.Task;
    }

    private static void Answer<T>(TaskCompletionSource<T> answer, ReadStatements reader, Func<ReadStatements, T> read)
    {
        try
        {
            answer.SetResult(read(reader));
        }
        catch (SqliteError e)
        {
            answer.SetException(new JournalException($"the journal cannot be read: {e.Message}", e));
        }
        catch (Exception e)
        {
            answer.SetException(e);
        }
    }
}
