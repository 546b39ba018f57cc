using VmSupervisor.Actors.Persistence;
using VmSupervisor.Actors.TestKit;
using VmSupervisor.Actors.Tests.Persistence;

namespace VmSupervisor.Actors.Tests;

/// <summary>What only real threads can break. No timing is asserted.</summary>
public sealed class ThreadPoolTests : IAsyncLifetime
{
    private readonly ActorSystem _system = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await _system.TerminateAsync(TimeSpan.FromMinutes(5));

    [Fact]
    public async Task Many_threads_tell_one_actor_and_nothing_is_lost_doubled_or_handled_at_once()
    {
        const int senders = 8;
        const int each = 20_000;
        var next = new int[senders];
        var inside = 0;
        var done = new TaskCompletionSource();
        var total = 0;
        var actor = _system.ActorOf(Script.Of((m, _) =>
        {
            var (sender, number) = ((int, int))m;
            if (Interlocked.Increment(ref inside) != 1 || next[sender]++ != number)
            {
                done.TrySetException(new InvalidOperationException($"sender {sender}: {number} at the wrong moment"));
            }

            Interlocked.Decrement(ref inside);
            if (++total == senders * each)
            {
                done.TrySetResult();
            }
        }));
        var threads = Enumerable.Range(0, senders).Select(s => new Thread(() =>
        {
            for (var i = 0; i < each; i++)
            {
                actor.Tell((s, i));
            }
        })).ToList();
        threads.ForEach(t => t.Start());
        await done.Task;
        threads.ForEach(t => t.Join());
    }

    [Fact]
    public async Task Every_message_to_a_stopping_actor_is_handled_or_a_dead_letter()
    {
        for (var round = 0; round < 200; round++)
        {
            var seen = 0;
            var all = new TaskCompletionSource();
            void Count()
            {
                if (Interlocked.Increment(ref seen) == 100)
                {
                    all.TrySetResult();
                }
            }

            using var dead = _system.DeadLetters.Subscribe(_ => Count());
            var actor = _system.ActorOf(Script.Of((_, _) => Count()));
            var thread = new Thread(() =>
            {
                for (var i = 0; i < 100; i++)
                {
                    actor.Tell(i);
                }
            });
            thread.Start();
            _system.Stop(actor);
            await all.Task;
            thread.Join();
        }
    }

    [Fact]
    public async Task A_probe_gets_exactly_one_terminated_while_the_actor_stops()
    {
        var probe = TestProbe.Create(_system);
        for (var round = 0; round < 200; round++)
        {
            var actor = _system.ActorOf(Script.Of());
            _system.Stop(actor);
            probe.Watch(actor);
            await probe.ExpectTerminatedAsync(actor);
        }
    }

    [Fact]
    public async Task Persistent_actors_work_on_real_threads()
    {
        using var journal = new InMemoryJournal(TimeProvider.System);
        var ledgers = Enumerable.Range(0, 50).Select(i => _system.ActorOf(Ledger.Of(journal, id: $"ledger-{i}"))).ToList();
        for (var n = 1; n <= 20; n++)
        {
            await Task.WhenAll(ledgers.Select(l => l.Ask<int>(new Add(n), TimeSpan.FromMinutes(2))));
        }

        var again = _system.ActorOf(Ledger.Of(journal, id: "ledger-7"));
        Assert.Equal(210, await again.Ask<int>("get", TimeSpan.FromMinutes(2)));
    }

    [Fact]
    public async Task A_probe_replies_fishes_and_expects_silence_in_real_time()
    {
        var probe = TestProbe.Create(_system);
        var ask = probe.Ref.Ask<string>("question", TimeSpan.FromMinutes(2));
        await probe.ExpectMessageAsync<string>(m => m == "question");
        probe.Reply("answer");
        Assert.Equal("answer", await ask);
        probe.Ref.Tell(1);
        probe.Ref.Tell("two");
        Assert.Equal("two", await probe.FishForMessageAsync<string>());
        await probe.ExpectNoMessageAsync(TimeSpan.FromMilliseconds(1));
        probe.Ref.Tell(3);
        await Assert.ThrowsAsync<TestKitException>(() => probe.ExpectMessageAsync("three"));
    }
}
