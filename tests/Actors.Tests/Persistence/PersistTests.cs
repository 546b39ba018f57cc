using VmSupervisor.Actors.Persistence;
using VmSupervisor.Actors.Supervision;

namespace VmSupervisor.Actors.Tests.Persistence;

public sealed class PersistTests : PersistenceFixture
{
    [Fact]
    public void The_handler_runs_after_the_append_and_the_sender_can_be_answered()
    {
        var ledger = Start();
        Journal.Hold();
        var ask = ledger.Ask<int>(new Add(1, 2), Minute);
        Dispatcher.RunUntilIdle();
        Assert.DoesNotContain("added 1+2", Log);
        Journal.Release();
        Assert.Equal(3, Dispatcher.Run(ask));
    }

    [Fact]
    public void Commands_wait_in_order_while_an_append_is_under_way()
    {
        var ledger = Start();
        Journal.Hold();
        Send(ledger, new Add(1), "get", new Add(2), "get");
        Assert.Equal(["recovered 0 at 0"], Log);
        Journal.Release();
        Dispatcher.RunUntilIdle();
        Assert.Equal(["recovered 0 at 0", "added 1", "get 1", "added 2", "get 3"], Log);
    }

    [Fact]
    public void A_new_life_has_the_state_of_the_old_one()
    {
        var ledger = Start();
        Send(ledger, new Add(1), new Add(2, 3));
        ledger = Restart(ledger);
        Assert.Equal(6, Ask(ledger, "get"));
        Assert.Equal(
            ["replay Added { Amount = 1 }", "replay Added { Amount = 2 }", "replay Added { Amount = 3 }",
                "recovered 6 at 3", "get 6"],
            Log);
        Assert.Equal((3L, 3L), Dispatcher.Run(ledger.Ask<(long, long)>("version", Minute)));
    }

    [Fact]
    public void Two_persists_of_one_command_are_appended_in_order_before_the_next_command()
    {
        var ledger = Start();
        Send(ledger, "twice", "get");
        Assert.Equal(["recovered 0 at 0", "asked for both", "first 1", "second 3", "get 3"], Log);
        Assert.Equal(2, Journal.Appends);
    }

    [Fact]
    public void A_handler_may_persist_again()
    {
        var ledger = Start();
        Assert.Equal(2, Ask(ledger, "nested"));
        Assert.Equal(2, Journal.Appends);
    }

    [Fact]
    public void A_rejection_leaves_the_state_and_tells_the_caller()
    {
        var ledger = Start();
        Send(ledger, new Add(1));
        Journal.RejectNext(new IOException("disk full"));
        Assert.Throws<IOException>(() => Ask(ledger, new Add(2)));
        Assert.Equal(3, Ask(ledger, new Add(2)));
        Assert.Empty(Ended);
    }

    [Fact]
    public void A_rejection_goes_to_the_handler_of_its_call()
    {
        var ledger = Start();
        Journal.RejectNext(new IOException("disk full"));
        Send(ledger, new Add(1) { Options = new() { Rejected = e => Log.Add($"own handler: {e.Message}") } });
        Assert.Equal(["recovered 0 at 0", "own handler: disk full"], Log);
    }

    [Fact]
    public void What_was_decided_behind_a_rejected_persist_is_rejected_too()
    {
        var ledger = Start();
        Journal.RejectNext(new IOException("disk full"));
        Send(ledger, "twice", "get");
        Assert.Equal(["recovered 0 at 0", "asked for both", "rejected disk full", "rejected disk full", "get 0"], Log);
        Assert.Equal(1, Journal.Appends);
    }

    [Fact]
    public void An_event_that_cannot_be_serialised_is_rejected_and_the_actor_goes_on()
    {
        var ledger = Start();
        Assert.Throws<NotSupportedException>(() => Ask(ledger, "unwritable"));
        Assert.Equal(1, Ask(ledger, new Add(1)));
        Assert.Equal(1, Journal.Appends);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_unknown_outcome_stops_the_actor_and_recovery_decides(bool written)
    {
        var ledger = Start();
        Journal.FailNext(written, new IOException("cable"));
        Send(ledger, new Add(5), "get");
        var cause = Assert.IsType<PersistOutcomeUnknownException>(Assert.Single(Ended).Cause);
        Assert.Equal("ledger: the outcome of an append is unknown: cable", cause.Message);
        Assert.Equal(["recovered 0 at 0"], Log);
        Assert.Equal(written ? 5 : 0, Ask(Restart(ledger), "get"));
    }

    [Fact]
    public void An_append_that_is_never_answered_counts_as_unknown_after_the_limit()
    {
        var ledger = Start();
        Journal.Hold();
        Send(ledger, new Add(5));
        Dispatcher.RunFor(TimeSpan.FromSeconds(60));
        Assert.IsType<TimeoutException>(Assert.IsType<PersistOutcomeUnknownException>(Assert.Single(Ended).Cause).InnerException);
    }

    [Fact]
    public void A_lost_connection_stops_the_writer_and_rejects_the_next()
    {
        var ledger = Start();
        Journal.Hold();
        Send(ledger, new Add(5));
        Journal.LoseConnection();
        Dispatcher.RunUntilIdle();
        Assert.IsType<PersistOutcomeUnknownException>(Assert.Single(Ended).Cause);
        Ended.Clear();
        Start();
        Assert.IsType<RecoveryFailedException>(Assert.Single(Ended).Cause);
        Journal.Reconnect();
        Assert.Equal(0, Ask(Start(), "get"));
    }

    [Fact]
    public void Of_two_writers_the_one_that_was_overtaken_is_fenced_off()
    {
        var old = Start();
        Send(old, new Add(1));
        var young = System.ActorOf(Ledger.Of(Journal));
        Assert.Equal(3, Ask(young, new Add(2)));
        Send(old, new Add(3));
        var cause = Assert.IsType<FencedException>(Assert.Single(Ended).Cause);
        Assert.Equal((1, 2), (cause.ExpectedVersion, cause.ActualVersion));
        Assert.Equal(7, Ask(young, new Add(4)));
    }

    [Fact]
    public void Receipts_are_written_with_the_events_and_may_be_written_alone()
    {
        var ledger = Start();
        Receipt[] one = [new("op-1", "add 1", new byte[] { 1 }, Dispatcher.Time.GetUtcNow() + Minute)];
        Receipt[] two = [new("op-2", "nothing", new byte[] { 2 }, Dispatcher.Time.GetUtcNow() + Minute)];
        Assert.Equal(1, Ask(ledger, new Add(1) { Options = new() { Receipts = one } }));
        Assert.Equal(1, Ask(ledger, new Add { Options = new() { Receipts = two } }));
        Assert.Equal((1L, 1L), Dispatcher.Run(ledger.Ask<(long, long)>("version", Minute)));
        Assert.Equal("add 1", Dispatcher.Run(Store.FindReceiptAsync("op-1"))!.Fingerprint);
        Assert.Equal("nothing", Dispatcher.Run(Store.FindReceiptAsync("op-2"))!.Fingerprint);
    }

    [Fact]
    public void Events_are_persisted_though_the_key_of_their_receipt_is_taken()
    {
        var ledger = Start();
        Receipt[] first = [new("op", "add 1", new byte[] { 1 }, Dispatcher.Time.GetUtcNow() + Minute)];
        Receipt[] again = [new("op", "add 2", new byte[] { 2 }, Dispatcher.Time.GetUtcNow() + Minute)];
        Assert.Equal(1, Ask(ledger, new Add(1) { Options = new() { Receipts = first } }));
        Assert.Equal(3, Ask(ledger, new Add(2) { Options = new() { Receipts = again } }));
        Assert.Equal(3, Ask(ledger, new Add { Options = new() { Receipts = again } }));
        Assert.Equal((2L, 2L), Dispatcher.Run(ledger.Ask<(long, long)>("version", Minute)));
        Assert.Equal("add 1", Dispatcher.Run(Store.FindReceiptAsync("op"))!.Fingerprint);
    }

    [Fact]
    public void Persisting_nothing_is_a_fault_of_the_caller()
    {
        Exception? cause = null;
        IActorRef? ledger = null;
        System.ActorOf(Script.Of(
            strategy: new OneForOneStrategy { Decider = e => { cause = e; return Directive.Resume; } },
            start: c => ledger = c.ActorOf(Ledger.Of(Journal))));
        Dispatcher.RunUntilIdle();
        Send(ledger!, "nothing");
        Assert.IsType<ArgumentException>(cause);
    }

    [Fact]
    public void A_failed_command_decides_nothing_even_if_the_actor_is_resumed()
    {
        var ledger = StartUnder(Directive.Resume);
        Send(ledger, "persist and fail", new Add(1));
        Assert.Equal(1, Ask(ledger, "get"));
        Assert.Equal(1, Journal.Appends);
    }

    [Theory]
    [InlineData(Directive.Resume)]
    [InlineData(Directive.Restart)]
    public void A_failed_handler_is_followed_by_a_recovery_whatever_the_supervisor_says(Directive directive)
    {
        var ledger = StartUnder(directive);
        Send(ledger, "fail in handler", "get");
        Assert.Equal(["recovered 0 at 0", "replay Added { Amount = 100 }", "recovered 100 at 1", "get 100"], Log);
    }

    [Fact]
    public void An_outcome_that_comes_after_a_restart_does_not_reach_the_new_life()
    {
        var ledger = Start();
        Journal.Hold();
        Send(ledger, new Add(5));
        ledger.Tell(Kill.Instance);
        System.Stop(ledger);
        Dispatcher.RunUntilIdle();
        Journal.Release();
        Dispatcher.RunUntilIdle();
        Assert.DoesNotContain("added 5", Log);
        Assert.Equal(5, Ask(Start(), "get"));
    }

    [Fact]
    public void The_priority_reaches_the_journal()
    {
        var seen = new List<AppendPriority>();
        Journal.OnAppend = r => seen.Add(r.Priority);
        var ledger = Start();
        Ask(ledger, new Add(1));
        Ask(ledger, new Add(1) { Options = new() { Priority = AppendPriority.Reserve } });
        Assert.Equal([AppendPriority.Normal, AppendPriority.Reserve], seen);
    }

    private IActorRef StartUnder(Directive directive)
    {
        IActorRef? ledger = null;
        System.ActorOf(Script.Of(
            strategy: new OneForOneStrategy { Decider = _ => directive },
            start: c => ledger = c.ActorOf(Ledger.Of(Journal, Log.Add))));
        Dispatcher.RunUntilIdle();
        return ledger!;
    }
}
