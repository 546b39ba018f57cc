using System.Diagnostics;

namespace VmSupervisor.Actors.Tests;

/// <summary>What an actor and a message cost. Memory is asserted; speed is only reported, since the machine may be busy.</summary>
[Collection(nameof(CostTests))]
[CollectionDefinition(nameof(CostTests), DisableParallelization = true)]
public sealed class CostTests(ITestOutputHelper output)
{
    [Fact]
    public void An_idle_actor_costs_about_a_kilobyte()
    {
        const int count = 100_000;
        var dispatcher = new VmSupervisor.Actors.TestKit.SteppableDispatcher(1);
        var system = dispatcher.CreateSystem();
        dispatcher.RunUntilIdle();
        var props = Props.Create(() => new Idle());
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var actors = new IActorRef[count];
        for (var i = 0; i < count; i++)
        {
            actors[i] = system.ActorOf(props);
            actors[i].Tell("hello");
            dispatcher.RunUntilIdle();
        }

        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)count;
        output.WriteLine($"{each:F0} bytes per idle actor");
        Assert.InRange(each, 100, 1024);
        GC.KeepAlive(actors);
    }

    [Fact]
    public async Task Messages_per_second_are_reported()
    {
        const int count = 1_000_000;
        var system = new ActorSystem();
        var done = new TaskCompletionSource();
        var counter = system.ActorOf(Props.Create(() => new Counter(count, done)));
        var clock = Stopwatch.StartNew();
        var message = new object();
        for (var i = 0; i < count; i++)
        {
            counter.Tell(message);
        }

        await done.Task;
        output.WriteLine($"tell: {count / clock.Elapsed.TotalSeconds:N0} messages per second, one sender and one receiver");

        var pong = system.ActorOf(Script.Of((m, c) => c.Sender.Tell(m, c.Self)));
        var bounced = new TaskCompletionSource();
        var ping = system.ActorOf(Props.Create(() => new Pinger(pong, 200_000, bounced)));
        clock.Restart();
        ping.Tell("go");
        await bounced.Task;
        output.WriteLine($"ping-pong: {200_000 / clock.Elapsed.TotalSeconds:N0} round trips per second");
        await system.TerminateAsync(TimeSpan.FromMinutes(2));
    }

    private sealed class Idle : Actor
    {
        protected override void OnReceive(object message) { }
    }

    private sealed class Counter(int count, TaskCompletionSource done) : Actor
    {
        private int _left = count;

        protected override void OnReceive(object message)
        {
            if (--_left == 0)
            {
                done.SetResult();
            }
        }
    }

    private sealed class Pinger(IActorRef pong, int rounds, TaskCompletionSource done) : Actor
    {
        private int _left = rounds;

        protected override void OnReceive(object message)
        {
            if (_left-- > 0)
            {
                pong.Tell(message, Self);
            }
            else
            {
                done.SetResult();
            }
        }
    }
}
