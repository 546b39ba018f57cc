using VmSupervisor.Actors.Supervision;
using VmSupervisor.Actors.TestKit;

namespace VmSupervisor.Actors.Tests;

public sealed class SupervisionTests
{
    private readonly SteppableDispatcher _dispatcher = new(seed: 1);
    private readonly ActorSystem _system;
    private readonly List<string> _life = [];
    private readonly List<object> _got = [];

    public SupervisionTests() => _system = _dispatcher.CreateSystem();

    [Fact]
    public void A_restart_makes_a_new_actor_that_goes_on_with_the_next_message()
    {
        var (_, child) = Family(Deciding(Directive.Restart));
        Send(child, 1, new Throw("x"), 2);
        Assert.Equal<object>([1, 2], _got);
        Assert.Equal(["PreStart", "PreRestart(x,Throw x)", "PostStop", "PostRestart", "PreStart"], _life);
    }

    [Fact]
    public void Resume_goes_on_with_the_same_actor()
    {
        var (_, child) = Family(Deciding(Directive.Resume));
        Send(child, 1, new Throw("x"), 2);
        Assert.Equal<object>([1, 2], _got);
        Assert.Equal(["PreStart"], _life);
    }

    [Fact]
    public void Stop_ends_the_child_and_tells_its_watchers_the_cause()
    {
        var (_, child) = Family(Deciding(Directive.Stop));
        var terminated = WatchFromOutside(child);
        Send(child, 1, new Throw("x"), 2);
        Assert.Equal<object>([1], _got);
        Assert.Equal(["PreStart", "PostStop"], _life);
        Assert.Equal("x", Assert.Single(terminated).Cause!.Message);
    }

    [Fact]
    public void An_escalated_failure_is_decided_one_level_up()
    {
        var parentLife = new List<string>();
        IActorRef? child = null;
        var parent = Script.Of(
            lifecycle: parentLife.Add, strategy: Deciding(Directive.Escalate),
            start: c => child = c.ActorOf(Script.Of((m, _) => _got.Add(m), _life.Add), "child"));
        _system.ActorOf(Script.Of(strategy: Deciding(Directive.Restart), start: c => c.ActorOf(parent, "parent")));
        _dispatcher.RunUntilIdle();
        var first = child!;
        Send(first, new Throw("x"));
        Assert.Equal(["PreStart", "PreRestart(x,)", "PostStop", "PostRestart", "PreStart"], parentLife);
        Assert.Equal(["PreStart", "PostStop", "PreStart"], _life);
        Assert.NotEqual(first, child);
        Send(child!, 1);
        Assert.Equal<object>([1], _got);
    }

    [Theory]
    [InlineData(Directive.Resume)]
    [InlineData(Directive.Restart)]
    public void A_family_that_went_through_an_escalation_works_again(Directive above)
    {
        var children = new Dictionary<string, IActorRef>();
        var parent = Script.Of(
            strategy: Deciding(Directive.Escalate), keepChildren: true,
            start: c =>
            {
                foreach (var name in new[] { "a", "b" }.Where(n => c.Child(n) is null))
                {
                    children[name] = c.ActorOf(Script.Of((m, _) => _got.Add(m)), name);
                }
            });
        _system.ActorOf(Script.Of(strategy: Deciding(above), start: c => c.ActorOf(parent, "parent")));
        _dispatcher.RunUntilIdle();
        Send(children["a"], new Throw("x"));
        Send(children["a"], 1);
        Send(children["b"], 2);
        Assert.Equal<object>([1, 2], _got);
    }

    [Fact]
    public void A_child_has_so_many_restarts_in_a_window_and_the_next_failure_stops_it()
    {
        var (_, child) = Family(new OneForOneStrategy { MaxRestarts = 2, Window = TimeSpan.FromMinutes(1) });
        var terminated = WatchFromOutside(child);
        Send(child, new Throw("1"), new Throw("2"), 1);
        Assert.Equal<object>([1], _got);
        Send(child, new Throw("3"));
        Assert.Equal("3", Assert.Single(terminated).Cause!.Message);
    }

    [Fact]
    public void Restarts_are_forgotten_after_their_window()
    {
        var (_, child) = Family(new OneForOneStrategy { MaxRestarts = 1, Window = TimeSpan.FromMinutes(1) });
        for (var i = 0; i < 5; i++)
        {
            Send(child, new Throw("x"), i);
            _dispatcher.RunFor(TimeSpan.FromSeconds(61));
        }

        Assert.Equal<object>([0, 1, 2, 3, 4], _got);
    }

    [Fact]
    public void Backoff_doubles_up_to_its_limit_and_starts_again_after_a_quiet_time()
    {
        var backoff = new ExponentialBackoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), Jitter: 0);
        var (_, child) = Family(new OneForOneStrategy { Backoff = backoff });
        foreach (var seconds in new[] { 1, 2, 4, 5, 5 })
        {
            ExpectRestartAfter(child, TimeSpan.FromSeconds(seconds));
        }

        _dispatcher.RunFor(TimeSpan.FromSeconds(6));
        ExpectRestartAfter(child, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void The_old_life_ends_before_the_backoff_and_messages_wait_for_the_new_one()
    {
        var backoff = new ExponentialBackoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), Jitter: 0);
        var (_, child) = Family(new OneForOneStrategy { Backoff = backoff });
        Send(child, new Throw("x"), 1);
        Assert.Equal(["PreStart", "PreRestart(x,Throw x)", "PostStop"], _life);
        Assert.Empty(_got);
        _dispatcher.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal<object>([1], _got);
    }

    [Fact]
    public void An_actor_can_be_stopped_while_it_waits_to_be_restarted()
    {
        var backoff = new ExponentialBackoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), Jitter: 0);
        var (_, child) = Family(new OneForOneStrategy { Backoff = backoff });
        var terminated = WatchFromOutside(child);
        Send(child, new Throw("x"));
        _system.Stop(child);
        _dispatcher.RunFor(TimeSpan.FromSeconds(10));
        Assert.Null(Assert.Single(terminated).Cause);
        Assert.Equal(["PreStart", "PreRestart(x,Throw x)", "PostStop"], _life);
    }

    [Fact]
    public void Jitter_comes_from_the_seed()
    {
        Assert.Equal(DelayOfFirstRestart(seed: 1), DelayOfFirstRestart(seed: 1));
        Assert.NotEqual(DelayOfFirstRestart(seed: 1), DelayOfFirstRestart(seed: 2));
        Assert.InRange(DelayOfFirstRestart(seed: 3), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(15));

        static TimeSpan DelayOfFirstRestart(long seed)
        {
            var dispatcher = new SteppableDispatcher(seed);
            var lives = 0;
            var child = Script.Of(start: _ => lives++);
            var backoff = new ExponentialBackoff(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60), Jitter: 0.5);
            IActorRef? actor = null;
            dispatcher.CreateSystem().ActorOf(Script.Of(
                strategy: new OneForOneStrategy { Backoff = backoff }, start: c => actor = c.ActorOf(child)));
            dispatcher.RunUntilIdle();
            actor!.Tell(new Throw("x"));
            Assert.True(dispatcher.RunUntil(() => lives == 2));
            return dispatcher.Time.Elapsed;
        }
    }

    [Fact]
    public void An_actor_that_cannot_be_created_is_stopped_by_default()
    {
        var actor = _system.ActorOf(Script.Of(start: _ => throw new IOException("no disk")), "a");
        var terminated = WatchFromOutside(actor);
        _dispatcher.RunUntilIdle();
        var cause = Assert.IsType<ActorInitializationException>(Assert.Single(terminated).Cause);
        Assert.Equal("actors://actors/user/a: Script could not be started: no disk", cause.Message);
    }

    [Fact]
    public void An_actor_that_cannot_be_created_may_be_tried_again()
    {
        var tries = 0;
        var strategy = new OneForOneStrategy
        {
            Decider = _ => Directive.Restart,
            Backoff = new ExponentialBackoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), 0),
        };
        var child = Script.Of((m, _) => _got.Add(m), start: _ =>
        {
            if (++tries < 4)
            {
                throw new IOException("not yet");
            }
        });
        _system.ActorOf(Script.Of(strategy: strategy, start: c => c.ActorOf(child).Tell(1)));
        _dispatcher.RunFor(TimeSpan.FromSeconds(3));
        Assert.Equal(4, tries);
        Assert.Equal<object>([1], _got);
    }

    [Fact]
    public void Kill_fails_the_actor_and_stops_it_by_default()
    {
        var actor = _system.ActorOf(Script.Of(lifecycle: _life.Add));
        var terminated = WatchFromOutside(actor);
        Send(actor, Kill.Instance);
        Assert.IsType<ActorKilledException>(Assert.Single(terminated).Cause);
        Assert.Equal(["PreStart", "PostStop"], _life);
    }

    [Fact]
    public void A_failing_PostStop_does_not_keep_the_actor_from_stopping()
    {
        var actor = _system.ActorOf(Script.Of(lifecycle: l =>
        {
            if (l == "PostStop")
            {
                throw new IOException("x");
            }
        }));
        var terminated = WatchFromOutside(actor);
        _system.Stop(actor);
        _dispatcher.RunUntilIdle();
        Assert.Null(Assert.Single(terminated).Cause);
    }

    [Fact]
    public void A_failing_PreRestart_does_not_keep_the_actor_from_restarting()
    {
        var actor = _system.ActorOf(Script.Of((m, _) => _got.Add(m), l =>
        {
            if (l == "PostStop")
            {
                throw new IOException("x");
            }
        }));
        Send(actor, new Throw("x"), 1);
        Assert.Equal<object>([1], _got);
    }

    [Fact]
    public void A_restarted_parent_waits_until_its_old_children_are_gone()
    {
        var parent = _system.ActorOf(Script.Of(
            lifecycle: l => _life.Add($"parent {l}"),
            start: c => c.ActorOf(Script.Of(lifecycle: l => _life.Add($"child {l}")), "child")));
        Send(parent, new Throw("x"));
        Assert.Equal(
            ["parent PreStart", "child PreStart", "parent PreRestart(x,Throw x)", "parent PostStop", "child PostStop",
                "parent PostRestart", "parent PreStart", "child PreStart"],
            _life);
    }

    [Fact]
    public void Children_stop_before_their_parent()
    {
        var parent = _system.ActorOf(Script.Of(
            lifecycle: l => _life.Add($"parent {l}"),
            start: c => c.ActorOf(Script.Of(
                lifecycle: l => _life.Add($"child {l}"),
                start: c2 => c2.ActorOf(Script.Of(lifecycle: l => _life.Add($"grandchild {l}")))))));
        _dispatcher.RunUntilIdle();
        _life.Clear();
        _system.Stop(parent);
        _dispatcher.RunUntilIdle();
        Assert.Equal(["grandchild PostStop", "child PostStop", "parent PostStop"], _life);
    }

    private static OneForOneStrategy Deciding(Directive directive) => new() { Decider = _ => directive };

    private (IActorRef Parent, IActorRef Child) Family(SupervisorStrategy strategy)
    {
        IActorRef? child = null;
        var parent = _system.ActorOf(Script.Of(
            strategy: strategy, start: c => child = c.ActorOf(Script.Of((m, _) => _got.Add(m), _life.Add), "child")));
        _dispatcher.RunUntilIdle();
        return (parent, child!);
    }

    private List<Terminated> WatchFromOutside(IActorRef actor)
    {
        var terminated = new List<Terminated>();
        _system.ActorOf(Script.Of((m, _) => terminated.Add((Terminated)m), start: c => c.Watch(actor)));
        _dispatcher.RunUntilIdle();
        return terminated;
    }

    private void Send(IActorRef actor, params object[] messages)
    {
        foreach (var message in messages)
        {
            actor.Tell(message);
        }

        _dispatcher.RunUntilIdle();
    }

    private void ExpectRestartAfter(IActorRef child, TimeSpan delay)
    {
        _got.Clear();
        Send(child, new Throw("x"), "back");
        _dispatcher.RunFor(delay - TimeSpan.FromTicks(1));
        Assert.Empty(_got);
        _dispatcher.RunFor(TimeSpan.FromTicks(1));
        Assert.Equal<object>(["back"], _got);
    }
}
