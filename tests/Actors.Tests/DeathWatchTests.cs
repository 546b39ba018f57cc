using VmSupervisor.Actors.Supervision;
using VmSupervisor.Actors.TestKit;

namespace VmSupervisor.Actors.Tests;

public sealed class DeathWatchTests
{
    private readonly SteppableDispatcher _dispatcher = new(seed: 1);
    private readonly ActorSystem _system;
    private readonly List<object> _got = [];

    public DeathWatchTests() => _system = _dispatcher.CreateSystem();

    [Fact]
    public void Watching_twice_gives_one_terminated()
    {
        var (watcher, actor) = Pair();
        Watch(watcher, actor);
        Watch(watcher, actor);
        _system.Stop(actor);
        _dispatcher.RunUntilIdle();
        Assert.Same(actor, Assert.IsType<Terminated>(Assert.Single(_got)).Actor);
    }

    [Fact]
    public void Watching_a_dead_actor_gives_one_terminated_with_its_cause()
    {
        var (watcher, actor) = Pair();
        actor.Tell(Kill.Instance);
        _dispatcher.RunUntilIdle();
        watcher.Tell(new Do(c => c.Watch(c.Watch(actor))));
        _dispatcher.RunUntilIdle();
        Assert.IsType<ActorKilledException>(Assert.IsType<Terminated>(Assert.Single(_got)).Cause);
    }

    [Fact]
    public void A_parent_that_watches_its_child_gets_one_terminated()
    {
        _system.ActorOf(Script.Of((m, _) => _got.Add(m), start: c =>
        {
            var child = c.ActorOf(Script.Of());
            c.Watch(child);
            c.Stop(child);
        }));
        _dispatcher.RunUntilIdle();
        Assert.IsType<Terminated>(Assert.Single(_got));
    }

    [Fact]
    public void Unwatch_takes_back_even_a_terminated_that_is_in_the_mailbox()
    {
        var (watcher, actor) = Pair();
        Watch(watcher, actor);
        watcher.Tell(new Do(c => c.Unwatch(actor)));
        _system.Stop(actor);
        _dispatcher.RunUntilIdle();
        Assert.Empty(_got);
        Watch(watcher, actor);
        Assert.IsType<Terminated>(Assert.Single(_got));
    }

    [Fact]
    public void Terminated_comes_after_the_last_words_of_the_dead()
    {
        var watcher = _system.ActorOf(Script.Of((m, _) => _got.Add(m)));
        var actor = _system.ActorOf(Script.Of((m, c) =>
        {
            watcher.Tell("last words");
            c.Stop(c.Self);
        }));
        Watch(watcher, actor);
        actor.Tell("die");
        _dispatcher.RunUntilIdle();
        Assert.Equal("last words", _got[0]);
        Assert.IsType<Terminated>(_got[1]);
        Assert.Equal(2, _got.Count);
    }

    [Fact]
    public void A_watch_survives_the_watchers_restart()
    {
        var (watcher, actor) = Pair();
        Watch(watcher, actor);
        watcher.Tell(new Throw("x"));
        _dispatcher.RunUntilIdle();
        _system.Stop(actor);
        _dispatcher.RunUntilIdle();
        Assert.IsType<Terminated>(Assert.Single(_got));
    }

    [Fact]
    public void A_terminated_that_was_stashed_is_delivered_again()
    {
        var actor = _system.ActorOf(Script.Of());
        var watcher = _system.ActorOf(Script.Of((m, c) =>
        {
            if (m is "now")
            {
                c.Stash.UnstashAll();
                c.Self.Tell("stash no more");
                _got.Add(m);
            }
            else if (_got.Count == 0)
            {
                c.Stash.Stash();
            }
            else
            {
                _got.Add(m);
            }
        }));
        Watch(watcher, actor);
        _system.Stop(actor);
        _dispatcher.RunUntilIdle();
        watcher.Tell("now");
        _dispatcher.RunUntilIdle();
        Assert.Equal(3, _got.Count);
        Assert.Same(actor, Assert.IsType<Terminated>(_got[1]).Actor);
    }

    [Fact]
    public void An_unhandled_terminated_fails_the_watcher()
    {
        var actor = _system.ActorOf(Script.Of());
        Exception? cause = null;
        _system.ActorOf(Script.Of(
            strategy: new OneForOneStrategy
            {
                Decider = e =>
                {
                    cause = e;
                    return Directive.Stop;
                },
            },
            start: c => c.ActorOf(Script.Of(start: c2 => c2.Watch(actor)))));
        _dispatcher.RunUntilIdle();
        _system.Stop(actor);
        _dispatcher.RunUntilIdle();
        Assert.IsType<DeathPactException>(cause);
    }

    [Fact]
    public async Task A_probe_sees_the_end_of_what_it_watches()
    {
        var probe = TestProbe.Create(_system);
        var actor = _system.ActorOf(Script.Of());
        probe.Watch(actor);
        actor.Tell(PoisonPill.Instance);
        await probe.ExpectTerminatedAsync(actor);
        await probe.ExpectNoMessageAsync(TimeSpan.FromHours(1));
    }

    [Fact]
    public void Exactly_one_terminated_whatever_the_order_of_watch_and_stop()
    {
        for (var seed = 1; seed <= 200; seed++)
        {
            var dispatcher = new SteppableDispatcher(seed);
            var system = dispatcher.CreateSystem();
            var got = new List<object>();
            var actor = system.ActorOf(Script.Of());
            var watcher = system.ActorOf(Script.Of((m, _) => got.Add(m)));
            watcher.Tell(new Do(c => c.Watch(actor)));
            watcher.Tell(new Do(c => c.Unwatch(actor)));
            watcher.Tell(new Do(c => c.Watch(actor)));
            actor.Tell(PoisonPill.Instance);
            dispatcher.RunUntilIdle();
            Assert.Single(got);
        }
    }

    private (IActorRef Watcher, IActorRef Actor) Pair() =>
        (_system.ActorOf(Script.Of((m, _) => _got.Add(m))), _system.ActorOf(Script.Of()));

    private void Watch(IActorRef watcher, IActorRef actor)
    {
        watcher.Tell(new Do(c => c.Watch(actor)));
        _dispatcher.RunUntilIdle();
    }
}
