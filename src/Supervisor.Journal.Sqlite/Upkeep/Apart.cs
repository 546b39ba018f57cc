using VmSupervisor.Actors.Persistence.Batching;
using VmSupervisor.Journal.Sqlite.Native;

namespace VmSupervisor.Journal.Sqlite;

/// <summary>Long work on a disk, on a thread of its own: it keeps neither a reader nor the thread pool.</summary>
internal static class Apart
{
    public static Task<T> RunAsync<T>(Func<T> work)
    {
        var end = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                end.SetResult(work());
            }
            catch (OperationCanceledException e)
            {
                end.SetCanceled(e.CancellationToken);
            }
            catch (SqliteError e)
            {
                end.SetException(e.IsFull ? new IOException($"disk full: {e.Message}", e) : new JournalException(e.Message, e));
            }
            catch (Exception e)
            {
                end.SetException(e);
            }
        })
        { Name = "journal upkeep", IsBackground = true };
        thread.Start();
        return end.Task;
    }
}
