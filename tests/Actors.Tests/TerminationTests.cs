using VmSupervisor.Actors.TestKit;

namespace VmSupervisor.Actors.Tests;

public sealed class TerminationTests
{
    private readonly SteppableDispatcher _dispatcher = new(seed: 1);
    private readonly ActorSystem _system;

    public TerminationTests() => _system = _dispatcher.CreateSystem(new ActorSystemOptions { Name = "node-a" });

    [Fact]
    public void Termination_stops_children_first_and_system_actors_last()
    {
        var stopped = new List<string>();
        Props Named(string name, Action<IActorContext>? start = null) => Script.Of(
            lifecycle: l =>
            {
                if (l == "PostStop")
                {
                    stopped.Add(name);
                }
            },
            start: start);
        _system.SystemActorOf(Named("service"));
        _system.ActorOf(Named("parent", c => c.ActorOf(Named("child"))));
        _dispatcher.RunUntilIdle();
        _dispatcher.Run(_system.TerminateAsync());
        Assert.Equal(["child", "parent", "service"], stopped);
        Assert.True(_system.WhenTerminated.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_system_on_real_threads_starts_and_stops_whatever_the_order()
    {
        for (var round = 0; round < 500; round++)
        {
            var system = new ActorSystem();
            system.ActorOf(Script.Of(start: c => c.ActorOf(Script.Of())));
            await system.TerminateAsync(TimeSpan.FromMinutes(5));
        }
    }

    [Fact]
    public void Terminating_twice_is_terminating_once()
    {
        var both = Task.WhenAll(_system.TerminateAsync(), _system.TerminateAsync());
        _dispatcher.Run(both);
        _dispatcher.Run(_system.TerminateAsync());
    }

    [Fact]
    public void A_terminating_system_takes_no_new_actors_and_no_messages()
    {
        var dead = new List<DeadLetter>();
        _system.DeadLetters.Subscribe(dead.Add);
        var actor = _system.ActorOf(Script.Of());
        _dispatcher.Run(_system.TerminateAsync());
        Assert.Throws<InvalidOperationException>(() => _system.ActorOf(Script.Of()));
        actor.Tell("late");
        _dispatcher.RunUntilIdle();
        Assert.Equal("late", Assert.Single(dead).Message);
    }

    [Fact]
    public async Task Termination_that_takes_too_long_names_who_is_still_there()
    {
        using var hang = new ManualResetEventSlim();
        using var isHanging = new ManualResetEventSlim();
        var time = new VirtualTime();
        var system = new ActorSystem(new ActorSystemOptions { Name = "node-a", TimeProvider = time });
        var stuck = system.ActorOf(
            Script.Of((_, _) =>
            {
                isHanging.Set();
                hang.Wait();
            }),
            "stuck");
        stuck.Tell("hang");
        isHanging.Wait();
        var termination = system.TerminateAsync(TimeSpan.FromSeconds(5));
        time.Advance(TimeSpan.FromSeconds(5));
        var e = await Assert.ThrowsAsync<TimeoutException>(() => termination);
        Assert.StartsWith("node-a has not stopped within 00:00:05; still there: actors://node-a/user/stuck", e.Message);
        hang.Set();
        await system.WhenTerminated;
    }

    [Fact]
    public void An_effect_under_way_does_not_hold_the_termination()
    {
        var actor = _system.ActorOf(Script.Of());
        actor.Tell(new Do(c => c.PipeToSelf(
            async cancel =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, _system.Time, cancel);
                return 0;
            },
            n => n, e => e)));
        _dispatcher.RunUntilIdle();
        _dispatcher.Run(_system.TerminateAsync());
    }
}
