using VmSupervisor.Actors.TestKit;

namespace VmSupervisor.Actors.Tests;

public sealed class MessagingTests
{
    private readonly SteppableDispatcher _dispatcher = new(seed: 1);
    private readonly ActorSystem _system;
    private readonly List<DeadLetter> _dead = [];

    public MessagingTests()
    {
        _system = _dispatcher.CreateSystem();
        _system.DeadLetters.Subscribe(_dead.Add);
    }

    [Fact]
    public void Messages_of_one_sender_keep_their_order()
    {
        var got = new List<object>();
        var actor = _system.ActorOf(Script.Of((m, _) => got.Add(m)));
        for (var i = 0; i < 100; i++)
        {
            actor.Tell(i);
        }

        _dispatcher.RunUntilIdle();
        Assert.Equal(Enumerable.Range(0, 100).Cast<object>(), got);
    }

    [Fact]
    public void A_system_message_goes_before_user_messages_that_were_sent_earlier()
    {
        var got = new List<object>();
        var actor = _system.ActorOf(Script.Of((m, _) => got.Add(m)));
        actor.Tell("never handled");
        _system.Stop(actor);
        _dispatcher.RunUntilIdle();
        Assert.Empty(got);
        Assert.Equal("never handled", Assert.Single(_dead).Message);
    }

    [Fact]
    public async Task A_forwarded_message_keeps_its_sender()
    {
        var probe = TestProbe.Create(_system);
        var last = _system.ActorOf(Script.Of((m, c) => c.Sender.Tell($"got {m}", c.Self)));
        var first = _system.ActorOf(Script.Of((m, c) => last.Forward(m, c)));
        probe.Tell(first, "news");
        await probe.ExpectMessageAsync("got news");
        Assert.Equal(last, probe.LastSender);
    }

    [Fact]
    public void A_message_to_a_stopped_actor_is_a_dead_letter()
    {
        var actor = _system.ActorOf(Script.Of(), "a");
        _system.Stop(actor);
        _dispatcher.RunUntilIdle();
        actor.Tell("late");
        _dispatcher.RunUntilIdle();
        var letter = Assert.Single(_dead);
        Assert.Equal(("late", actor), (letter.Message, letter.Recipient));
    }

    [Fact]
    public void A_reference_to_an_old_life_is_not_the_new_one()
    {
        var got = new List<object>();
        var old = _system.ActorOf(Script.Of(), "a");
        _system.Stop(old);
        _dispatcher.RunUntilIdle();
        var young = _system.ActorOf(Script.Of((m, _) => got.Add(m)), "a");
        old.Tell("for the old one");
        young.Tell("for the new one");
        _dispatcher.RunUntilIdle();
        Assert.Equal(["for the new one"], got);
        Assert.NotEqual(old.Path, young.Path);
        Assert.Equal(old.Path.ToString(), young.Path.ToString());
        Assert.Equal("actors://actors/user/a", young.Path.ToString());
    }

    [Fact]
    public void A_poison_pill_stops_after_what_was_sent_before()
    {
        var got = new List<object>();
        var actor = _system.ActorOf(Script.Of((m, _) => got.Add(m), got.Add));
        actor.Tell(1);
        actor.Tell(PoisonPill.Instance);
        actor.Tell(2);
        _dispatcher.RunUntilIdle();
        Assert.Equal<object>(["PreStart", 1, "PostStop"], got);
        Assert.Equal(2, Assert.Single(_dead).Message);
    }

    [Fact]
    public void A_name_is_free_again_only_when_its_actor_is_gone()
    {
        var actor = _system.ActorOf(Script.Of(), "a");
        Assert.Throws<InvalidActorNameException>(() => _system.ActorOf(Script.Of(), "a"));
        _system.Stop(actor);
        Assert.Throws<InvalidActorNameException>(() => _system.ActorOf(Script.Of(), "a"));
        _dispatcher.RunUntilIdle();
        _system.ActorOf(Script.Of(), "a");
    }

    [Theory]
    [InlineData("")]
    [InlineData("$1")]
    [InlineData("a/b")]
    [InlineData("a#1")]
    public void A_name_that_a_path_cannot_hold_is_refused(string name) =>
        Assert.Throws<InvalidActorNameException>(() => _system.ActorOf(Script.Of(), name));

    [Fact]
    public void Stashed_messages_come_back_in_order_before_newer_ones()
    {
        var got = new List<object>();
        var open = false;
        var actor = _system.ActorOf(Script.Of((m, c) =>
        {
            if (m is "open")
            {
                open = true;
                c.Stash.UnstashAll();
            }
            else if (open)
            {
                got.Add(m);
            }
            else
            {
                c.Stash.Stash();
            }
        }));
        foreach (var message in new object[] { 1, 2, 3, "open", 4 })
        {
            actor.Tell(message);
        }

        _dispatcher.RunUntilIdle();
        Assert.Equal<object>([1, 2, 3, 4], got);
    }

    [Fact]
    public void A_message_can_be_stashed_only_once()
    {
        Exception? failure = null;
        var actor = _system.ActorOf(Script.Of((_, c) =>
        {
            c.Stash.Stash();
            failure = Record.Exception(c.Stash.Stash);
        }));
        actor.Tell(1);
        _dispatcher.RunUntilIdle();
        Assert.IsType<InvalidOperationException>(failure);
    }

    [Fact]
    public void What_is_stashed_when_the_actor_stops_goes_to_dead_letters()
    {
        var actor = _system.ActorOf(Script.Of((_, c) => c.Stash.Stash()));
        actor.Tell(1);
        actor.Tell(2);
        actor.Tell(PoisonPill.Instance);
        _dispatcher.RunUntilIdle();
        Assert.Equal<object>([1, 2], _dead.Select(d => d.Message));
    }

    [Fact]
    public void What_is_stashed_survives_a_restart()
    {
        var got = new List<object>();
        var lives = 0;
        var actor = _system.ActorOf(Script.Of(
            (m, c) =>
            {
                if (lives == 1)
                {
                    c.Stash.Stash();
                }
                else
                {
                    got.Add(m);
                }
            },
            start: _ => lives++));
        foreach (var message in new object[] { 1, 2, new Throw("x"), 3 })
        {
            actor.Tell(message);
        }

        _dispatcher.RunUntilIdle();
        Assert.Equal<object>([1, 2, 3], got);
    }

    [Fact]
    public void What_is_not_handled_is_published()
    {
        var unhandled = new List<UnhandledMessage>();
        _system.SubscribeUnhandled(unhandled.Add);
        var actor = _system.ActorOf(Script.Of());
        actor.Tell("what?");
        _dispatcher.RunUntilIdle();
        Assert.Equal(("what?", actor), (unhandled.Single().Message, unhandled.Single().Recipient));
    }

    [Fact]
    public void Become_changes_the_behaviour_from_the_next_message_on()
    {
        var got = new List<string>();
        var actor = _system.ActorOf(Props.Create(() => new Switch(got)));
        foreach (var message in new[] { "a", "switch", "b", "switch", "c" })
        {
            actor.Tell(message);
        }

        _dispatcher.RunUntilIdle();
        Assert.Equal(["off a", "on b", "off c"], got);
    }

    private sealed class Switch(List<string> got) : Actor
    {
        protected override void OnReceive(object message)
        {
            if (message is "switch")
            {
                Become(On);
            }
            else
            {
                got.Add($"off {message}");
            }
        }

        private void On(object message)
        {
            if (message is "switch")
            {
                Unbecome();
            }
            else
            {
                got.Add($"on {message}");
            }
        }
    }
}
