using VmSupervisor.Actors.Persistence;
using VmSupervisor.Actors.Supervision;
using VmSupervisor.Actors.TestKit;
using VmSupervisor.Actors.TestKit.Journals;
using VmSupervisor.Actors.Tests.Persistence;

namespace VmSupervisor.Actors.Tests;

public sealed class SteppableDispatcherTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            Assert.Equal(TraceOfABusySystem(seed), TraceOfABusySystem(seed));
        }
    }

    [Fact]
    public void Different_seeds_give_different_runs()
    {
        var traces = Enumerable.Range(1, 20).Select(seed => string.Join("\n", TraceOfABusySystem(seed))).ToList();
        Assert.Equal(20, traces.Distinct().Count());
        Assert.All(traces, t => Assert.InRange(t.Split('\n').Length, 300, 10_000));
        Assert.All(["added", "recovered", "PreRestart(six,6)", "sum"], word => Assert.All(traces, t => Assert.Contains(word, t)));
    }

    [Fact]
    public void A_run_does_not_depend_on_the_thread_that_steps_it()
    {
        List<string>? other = null;
        var thread = new Thread(() => other = TraceOfABusySystem(7));
        thread.Start();
        thread.Join();
        Assert.Equal(TraceOfABusySystem(7), other);
    }

    [Fact]
    public void The_seed_decides_the_order_of_mailboxes_but_not_within_one()
    {
        var orders = new HashSet<string>();
        for (var seed = 1; seed <= 50; seed++)
        {
            var dispatcher = new SteppableDispatcher(seed);
            var system = dispatcher.CreateSystem();
            var got = "";
            foreach (var name in new[] { "a", "b", "c" })
            {
                var actor = system.ActorOf(Script.Of((m, c) => got += $"{c.Self.Path.Name}{m}"), name);
                actor.Tell(1);
                actor.Tell(2);
            }

            dispatcher.RunUntilIdle();
            Assert.All(["a", "b", "c"], n => Assert.True(got.IndexOf(n + "1", 0) < got.IndexOf(n + "2", 0)));
            orders.Add(got);
        }

        Assert.True(orders.Count > 20, $"only {orders.Count} orders of 90");
    }

    [Fact]
    public void Timers_fire_in_the_order_of_their_times_and_the_seed_breaks_ties()
    {
        var orders = new HashSet<string>();
        for (var seed = 1; seed <= 50; seed++)
        {
            var time = new VirtualTime(seed: seed);
            var fired = "";
            foreach (var (name, due) in new[] { ("late", 2), ("a", 1), ("b", 1), ("c", 1) })
            {
                time.CreateTimer(_ => fired += name + time.Elapsed.TotalSeconds, null, due * Second, Timeout.InfiniteTimeSpan);
            }

            time.Advance(5 * Second);
            Assert.EndsWith("late2", fired);
            orders.Add(fired);
        }

        Assert.Equal(6, orders.Count);
    }

    [Fact]
    public void Advancing_time_runs_nothing_but_timers()
    {
        var dispatcher = new SteppableDispatcher(1);
        var got = new List<object>();
        var actor = dispatcher.CreateSystem().ActorOf(Script.Of((m, _) => got.Add(m)));
        dispatcher.RunUntilIdle();
        actor.Tell(new Do(c => c.Timers.StartSingleTimer("k", "tick", Second)));
        dispatcher.RunUntilIdle();
        dispatcher.AdvanceTime(Second);
        Assert.Empty(got);
        Assert.False(dispatcher.IsIdle);
        Assert.True(dispatcher.Step());
        Assert.Equal<object>(["tick"], got);
    }

    [Fact]
    public void A_periodic_virtual_timer_fires_at_each_of_its_times()
    {
        var time = new VirtualTime();
        var fired = new List<double>();
        using var timer = time.CreateTimer(_ => fired.Add(time.Elapsed.TotalSeconds), null, Second, 2 * Second);
        time.Advance(6 * Second);
        Assert.Equal([1, 3, 5], fired);
        timer.Change(Second, Timeout.InfiniteTimeSpan);
        time.Advance(6 * Second);
        Assert.Equal([1, 3, 5, 7], fired);
    }

    [Fact]
    public void A_context_of_the_stepping_thread_takes_nothing_away_from_the_dispatcher()
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new Refusing());
        try
        {
            Assert.Equal(TraceOfABusySystem(3), TraceOfABusySystem(3));
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    [Fact]
    public void Work_that_escapes_to_another_thread_is_reported()
    {
        var dispatcher = new SteppableDispatcher(1);
        var system = dispatcher.CreateSystem();
        var actor = system.ActorOf(Script.Of((_, _) => { }));
        var other = system.ActorOf(Script.Of((_, _) =>
        {
            var thread = new Thread(() => actor.Tell("from outside"));
            thread.Start();
            thread.Join();
        }));
        dispatcher.RunUntilIdle();
        other.Tell("go");
        var e = Assert.Throws<InvalidOperationException>(() => dispatcher.RunUntilIdle());
        Assert.StartsWith("seed 1: actors://actors/user/$1 came from another thread", e.Message);
    }

    [Fact]
    public void A_system_that_never_comes_to_rest_is_reported()
    {
        var dispatcher = new SteppableDispatcher(1);
        dispatcher.CreateSystem().ActorOf(Script.Of((m, c) => c.Self.Tell(m))).Tell("again");
        Assert.Throws<InvalidOperationException>(() => dispatcher.RunUntilIdle(1000));
    }

    [Fact]
    public void Nothing_that_runs_on_a_dispatcher_may_step_it()
    {
        var dispatcher = new SteppableDispatcher(1);
        Exception? failure = null;
        dispatcher.CreateSystem().ActorOf(Script.Of((_, _) => failure = Record.Exception(() => dispatcher.Step()))).Tell("go");
        dispatcher.RunUntilIdle();
        Assert.IsType<InvalidOperationException>(failure);
    }

    private sealed class Refusing : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => throw new NotSupportedException();
    }

    /// <summary>Asks, effects, timers, failures with backoff, watches and persistent actors on a slow journal, all at once.</summary>
    private static List<string> TraceOfABusySystem(long seed)
    {
        var dispatcher = new SteppableDispatcher(seed);
        var trace = new List<string>();
        dispatcher.OnStep = item => trace.Add($"{dispatcher.Time.Elapsed}: {item}");
        var system = dispatcher.CreateSystem();
        var journal = new FaultyJournal(new InMemoryJournal(dispatcher.Time));
        var strategy = new OneForOneStrategy
        {
            Backoff = new ExponentialBackoff(Second, 10 * Second, Jitter: 0.5),
        };
        var ledgers = Enumerable.Range(0, 4)
            .Select(i => system.ActorOf(Ledger.Of(journal, m => trace.Add($"ledger {i}: {m}"), $"ledger-{i}"), $"ledger-{i}"))
            .ToArray();
        var worker = Script.Of((m, c) =>
        {
            trace.Add($"{c.Self.Path.Name}: {m}");
            if (m is int n and < 6)
            {
                c.PipeToSelf(
                    async cancel =>
                    {
                        await Task.Delay(Second * ((n % 3) + 1), system.Time, cancel);
                        var sum = await ledgers[n % 4].Ask<int>(new Add(n), 5 * Second, cancel);
                        return sum;
                    },
                    sum => $"sum {sum}",
                    e => $"failed {e.GetType().Name}");
                c.Timers.StartSingleTimer(n % 2, n + 1, Second);
            }
            else if (m is 6)
            {
                throw new InvalidOperationException("six");
            }
        }, trace.Add);
        system.ActorOf(
            Script.Of(
                (m, _) => trace.Add($"parent: {m}"), strategy: strategy,
                start: c =>
                {
                    for (var i = 0; i < 5; i++)
                    {
                        var child = c.Watch(c.ActorOf(worker, $"worker-{i}"));
                        child.Tell(i % 3);
                    }
                }),
            "parent");
        dispatcher.RunFor(3 * Second);
        journal.Hold();
        dispatcher.RunFor(2 * Second);
        journal.FailNext(written: true);
        journal.Release();
        dispatcher.RunFor(10 * Second);
        dispatcher.Run(system.TerminateAsync());
        return trace;
    }
}
