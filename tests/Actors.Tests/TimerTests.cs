using VmSupervisor.Actors.TestKit;

namespace VmSupervisor.Actors.Tests;

public sealed class TimerTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly SteppableDispatcher _dispatcher = new(seed: 1);
    private readonly ActorSystem _system;
    private readonly List<(object Message, double At)> _got = [];
    private readonly IActorRef _actor;

    public TimerTests()
    {
        _system = _dispatcher.CreateSystem();
        _actor = _system.ActorOf(Script.Of((m, _) => _got.Add((m, _dispatcher.Time.Elapsed.TotalSeconds))));
    }

    [Fact]
    public void A_single_timer_ticks_once_at_its_time()
    {
        Do(c => c.Timers.StartSingleTimer("k", "tick", 2 * Second));
        Do(c => Assert.True(c.Timers.IsTimerActive("k")));
        _dispatcher.RunFor(10 * Second);
        Assert.Equal([("tick", 2.0)], _got);
        Do(c => Assert.False(c.Timers.IsTimerActive("k")));
    }

    [Fact]
    public void A_periodic_timer_ticks_until_it_is_cancelled()
    {
        Do(c => c.Timers.StartPeriodicTimer("k", "tick", Second));
        _dispatcher.RunFor(3 * Second);
        Do(c => c.Timers.Cancel("k"));
        _dispatcher.RunFor(3 * Second);
        Assert.Equal([("tick", 1.0), ("tick", 2.0), ("tick", 3.0)], _got);
    }

    [Fact]
    public void A_timer_of_the_same_key_replaces_the_one_before()
    {
        Do(c => c.Timers.StartSingleTimer("k", "old", Second));
        Do(c => c.Timers.StartSingleTimer("k", "new", 2 * Second));
        _dispatcher.RunFor(10 * Second);
        Assert.Equal([("new", 2.0)], _got);
    }

    [Fact]
    public void A_tick_that_is_in_the_mailbox_when_its_timer_is_cancelled_is_not_delivered()
    {
        Do(c => c.Timers.StartSingleTimer("k", "tick", Second));
        _actor.Tell(new Do(c => c.Timers.Cancel("k")));
        _dispatcher.AdvanceTime(Second);
        _dispatcher.RunUntilIdle();
        Assert.Empty(_got);
    }

    [Fact]
    public void A_tick_that_is_in_the_mailbox_when_its_timer_is_replaced_is_not_delivered()
    {
        Do(c => c.Timers.StartSingleTimer("k", "old", Second));
        _actor.Tell(new Do(c => c.Timers.StartSingleTimer("k", "new", Second)));
        _dispatcher.AdvanceTime(Second);
        _dispatcher.RunFor(5 * Second);
        Assert.Equal([("new", 2.0)], _got);
    }

    [Fact]
    public void A_tick_never_reaches_the_next_life()
    {
        Do(c =>
        {
            c.Timers.StartSingleTimer("s", "single", Second);
            c.Timers.StartPeriodicTimer("p", "periodic", Second);
        });
        _actor.Tell(new Throw("x"));
        _dispatcher.AdvanceTime(Second);
        _dispatcher.RunFor(5 * Second);
        Assert.Empty(_got);
    }

    [Fact]
    public void While_a_tick_waits_no_other_is_added()
    {
        Do(c => c.Timers.StartPeriodicTimer("k", "tick", Second));
        _dispatcher.AdvanceTime(10 * Second);
        _dispatcher.RunUntilIdle();
        Assert.Single(_got);
    }

    [Fact]
    public void The_receive_timeout_comes_after_silence_and_again()
    {
        Do(c => c.SetReceiveTimeout(3 * Second));
        _dispatcher.RunFor(2 * Second);
        _actor.Tell("noise");
        _dispatcher.RunFor(7 * Second);
        Assert.Equal([("noise", 2.0), (ReceiveTimeout.Instance, 5.0), (ReceiveTimeout.Instance, 8.0)], _got);
        Do(c => c.SetReceiveTimeout(null));
        _dispatcher.RunFor(10 * Second);
        Assert.Equal(3, _got.Count);
    }

    [Fact]
    public void A_message_that_does_not_influence_the_receive_timeout_does_not_restart_it()
    {
        Do(c => c.SetReceiveTimeout(3 * Second));
        _dispatcher.RunFor(2 * Second);
        _actor.Tell(new Quiet());
        _dispatcher.RunFor(Second);
        Assert.Equal([(new Quiet(), 2.0), (ReceiveTimeout.Instance, 3.0)], _got);
    }

    [Fact]
    public void A_receive_timeout_behind_a_message_in_the_mailbox_is_not_delivered()
    {
        Do(c => c.SetReceiveTimeout(3 * Second));
        _actor.Tell("noise");
        _dispatcher.AdvanceTime(3 * Second);
        _dispatcher.RunUntilIdle();
        Assert.Equal([("noise", 3.0)], _got);
    }

    private void Do(Action<IActorContext> action)
    {
        Exception? failure = null;
        _actor.Tell(new Do(c => failure = Record.Exception(() => action(c))));
        _dispatcher.RunUntilIdle();
        Assert.Null(failure);
    }

    private sealed record Quiet : INotInfluenceReceiveTimeout;
}
