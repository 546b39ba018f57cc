using Microsoft.Extensions.Logging.Abstractions;
using VmSupervisor.Actors.Persistence;
using VmSupervisor.Actors.Persistence.Batching;
using VmSupervisor.Actors.TestKit;

namespace VmSupervisor.Actors.Tests.Persistence.Batching;

public sealed class SteppedWriterTests
{
    [Fact]
    public void On_the_steppable_dispatcher_the_same_seed_gives_the_same_batches()
    {
        var runs = Enumerable.Range(1, 20).Select(seed => Run(seed)).ToList();
        Assert.Equal(runs, Enumerable.Range(1, 20).Select(seed => Run(seed)));
        Assert.True(runs.Distinct().Count() > 1, "the seed decides nothing");
        Assert.Contains(runs, run => run.Contains('+')); // Some shared a commit.
    }

    private static string Run(long seed)
    {
        var dispatcher = new SteppableDispatcher(seed);
        var store = new FakeStore
        {
            Answer = async batch =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(2), dispatcher.Time);
                return FakeStore.AllWritten(batch);
            },
        };
        var writer = new BatchingWriter(store, null, dispatcher.Scheduler, dispatcher.Time, new BatchingOptions(), NullLogger.Instance);
        var clients = Enumerable.Range(0, 5).Select(client => dispatcher.Start(() => AppendAsync(client))).ToList();
        foreach (var client in clients)
            Assert.Equal(4, dispatcher.Run(client));
        return string.Join(" ", store.Batches.Select(batch => string.Join("+", batch.Cast<JournalWrite.Append>().Select(a => a.Request.PersistenceId))));

        async Task<int> AppendAsync(int client)
        {
            var answered = 0;
            for (; answered < 4; answered++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(client), dispatcher.Time);
                Assert.IsType<AppendResult.Appended>(await writer.WriteAsync(new JournalWrite.Append(new AppendRequest($"vm-{client}", 0, []))));
            }
            return answered;
        }
    }
}
