using VmSupervisor.Actors.Persistence;

namespace VmSupervisor.Actors.Tests.Persistence;

public sealed class RecoveryTests : PersistenceFixture
{
    [Fact]
    public void Commands_wait_in_order_until_recovery_is_over()
    {
        Write(("ledger.added", 1, "1"), ("ledger.added", 1, "2"));
        var ledger = System.ActorOf(Ledger.Of(Journal, Log.Add));
        Send(ledger, "get", new Add(3), "get");
        Assert.Equal(
            ["replay Added { Amount = 1 }", "replay Added { Amount = 2 }", "recovered 3 at 2", "get 3", "added 3", "get 6"], Log);
    }

    [Fact]
    public void A_long_stream_is_replayed_whole_and_in_order()
    {
        Write([.. Enumerable.Range(1, 1000).Select(i => ("ledger.added", 1, $"{i}"))]);
        Assert.Equal(500_500, Ask(Start(), "get"));
        Assert.Equal(Enumerable.Range(1, 1000).Select(i => $"replay Added {{ Amount = {i} }}"), Log.Take(1000));
    }

    [Fact]
    public void Recovery_begins_at_the_newest_snapshot()
    {
        Write(("ledger.added", 1, "1"), ("ledger.added", 1, "2"), ("ledger.added", 1, "4"));
        WriteSnapshot(1, "1");
        WriteSnapshot(2, "3");
        Assert.Equal(7, Ask(Start(), "get"));
        Assert.Equal(["snapshot Sum { Total = 3 }", "replay Added { Amount = 4 }", "recovered 7 at 3", "get 7"], Log);
    }

    [Fact]
    public void A_snapshot_that_cannot_be_read_is_passed_over_for_an_older_one()
    {
        Write(("ledger.added", 1, "1"), ("ledger.added", 1, "2"));
        WriteSnapshot(1, "1");
        WriteSnapshot(2, "not a number");
        Start();
        Assert.Equal(["snapshot Sum { Total = 1 }", "replay Added { Amount = 2 }", "recovered 3 at 2"], Log);
    }

    [Fact]
    public void Without_a_good_snapshot_everything_is_replayed()
    {
        Write(("ledger.added", 1, "1"), ("ledger.added", 1, "2"));
        WriteSnapshot(1, "1", type: "from the future");
        WriteSnapshot(2, "not a number");
        Start();
        Assert.Equal(["replay Added { Amount = 1 }", "replay Added { Amount = 2 }", "recovered 3 at 2"], Log);
    }

    [Fact]
    public void Without_a_good_snapshot_and_without_the_events_recovery_fails()
    {
        Write(("ledger.added", 1, "1"), ("ledger.added", 1, "2"));
        WriteSnapshot(1, "not a number");
        Store.DeleteEventsAsync("ledger", 1);
        Start();
        Assert.Equal(
            "ledger: recovery failed: event 1 is missing (2 follows), and the snapshots that contained it cannot be read",
            Assert.Single(Ended).Cause!.Message);
        Assert.Empty(Log);
    }

    [Theory]
    [InlineData("ledger.added", 2)]
    [InlineData("ledger.removed", 1)]
    public void An_event_of_an_unknown_type_or_version_fails_recovery_and_touches_nothing(string type, int version)
    {
        Write(("ledger.added", 1, "1"), (type, version, "2"));
        var ledger = System.ActorOf(Ledger.Of(Journal, Log.Add));
        System.ActorOf(Script.Of((m, _) => Ended.Add((Terminated)m), start: c => c.Watch(ledger)));
        Send(ledger, new Add(3));
        var cause = Assert.IsType<RecoveryFailedException>(Assert.Single(Ended).Cause);
        Assert.Equal(
            $"ledger: recovery failed: event 2 (type '{type}', version {version}) cannot be read: "
            + $"event type '{type}' version {version} is not known here; it was written by another version of the program",
            cause.Message);
        Assert.Equal(0, Journal.Appends);
        Assert.DoesNotContain("added 3", Log);
    }

    [Fact]
    public void An_event_that_cannot_be_applied_fails_recovery()
    {
        Write(("ledger.added", 1, "-666"));
        Start();
        Assert.Equal(
            "ledger: recovery failed: event 1 (ledger.added) could not be applied: evil", Assert.Single(Ended).Cause!.Message);
    }

    [Fact]
    public void A_stream_that_its_owner_deleted_recovers_empty_and_goes_on_with_its_version()
    {
        Write(("ledger.added", 1, "1"), ("ledger.added", 1, "2"));
        Store.DeleteEventsAsync("ledger", 2);
        var ledger = Start();
        Assert.Equal(["recovered 0 at 2"], Log);
        Assert.Equal(5, Ask(ledger, new Add(5)));
        Assert.Equal(5, Ask(Restart(ledger), "get"));
    }

    [Fact]
    public void A_snapshot_beyond_the_journals_end_fails_recovery()
    {
        WriteSnapshot(3, "1");
        Start();
        Assert.Equal(
            "ledger: recovery failed: there is a snapshot of version 3, but the journal ends at 0",
            Assert.Single(Ended).Cause!.Message);
    }

    [Fact]
    public void A_journal_that_cannot_be_read_fails_recovery_and_returns_the_permit()
    {
        Journal.FailReads(new IOException("cable"));
        for (var i = 0; i < 60; i++)
        {
            Start();
        }

        Assert.Equal(60, Ended.Count);
        Assert.All(Ended, e => Assert.Equal("ledger: recovery failed: cable", e.Cause!.Message));
        Journal.FailReads(null);
        Assert.Equal(0, Ask(Start(), "get"));
    }

    [Fact]
    public void Snapshots_are_saved_beside_the_commands_and_old_ones_deleted()
    {
        var ledger = Start();
        for (var i = 1; i <= 4; i++)
        {
            Send(ledger, new Add(i), "snapshot");
        }

        Assert.Equal(["saved 1", "saved 2", "saved 3", "saved 4"], Log.Where(l => l.StartsWith("saved")));
        Assert.NotNull(Dispatcher.Run(Store.LoadSnapshotAsync("ledger", 3)));
        Assert.Null(Dispatcher.Run(Store.LoadSnapshotAsync("ledger", 2)));
        Assert.Equal(10, Ask(Restart(ledger), "get"));
        Assert.Equal(["snapshot Sum { Total = 10 }", "recovered 10 at 4", "get 10"], Log);
    }

    [Fact]
    public void A_snapshot_that_fails_harms_nothing()
    {
        var ledger = Start();
        Send(ledger, new Add(1));
        Journal.FailReads(new IOException("full"));
        Send(ledger, "snapshot");
        Journal.FailReads(null);
        Assert.Contains("not saved: full", Log);
        Assert.Equal(3, Ask(ledger, new Add(2)));
    }

    [Fact]
    public void So_many_recoveries_run_at_a_time_and_the_others_wait()
    {
        var gate = new SlowJournal(Store);
        var system = Dispatcher.CreateSystem(new ActorSystemOptions { RecoveryPermits = 3, RecoveryTimeLimit = TimeSpan.FromHours(1) });
        for (var i = 0; i < 10; i++)
        {
            system.ActorOf(Ledger.Of(gate, Log.Add, $"ledger-{i}"));
        }

        for (var done = 0; done < 10; done++)
        {
            Dispatcher.RunUntilIdle();
            Assert.Equal(Math.Min(3, 10 - done), gate.Waiting);
            Assert.Equal(done, Log.Count);
            gate.ReleaseOne();
        }

        Dispatcher.RunUntilIdle();
        Assert.Equal(10, Log.Count);
    }

    [Fact]
    public void A_recovery_that_takes_too_long_fails_and_returns_its_permit()
    {
        var gate = new SlowJournal(Store);
        var system = Dispatcher.CreateSystem(new ActorSystemOptions { RecoveryPermits = 1, RecoveryTimeLimit = Minute });
        var stuck = system.ActorOf(Ledger.Of(gate));
        system.ActorOf(Script.Of((m, _) => Ended.Add((Terminated)m), start: c => c.Watch(stuck)));
        Dispatcher.RunUntilIdle();
        Assert.Equal(1, gate.Waiting);
        system.ActorOf(Ledger.Of(Journal, Log.Add));
        Dispatcher.RunFor(Minute - TimeSpan.FromSeconds(1));
        Assert.Empty(Log);
        Dispatcher.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal("ledger: recovery failed: it took longer than 00:01:00 (00:01:00 at most)", Assert.Single(Ended).Cause!.Message);
        Assert.Equal(["recovered 0 at 0"], Log);
    }

    [Fact]
    public void An_actor_that_is_stopped_while_it_recovers_or_waits_returns_its_permit()
    {
        var gate = new SlowJournal(Store);
        var system = Dispatcher.CreateSystem(new ActorSystemOptions { RecoveryPermits = 1 });
        var holding = system.ActorOf(Ledger.Of(gate));
        Dispatcher.RunUntilIdle();
        var waiting = system.ActorOf(Ledger.Of(gate));
        Dispatcher.RunUntilIdle();
        system.Stop(waiting);
        system.Stop(holding);
        Dispatcher.RunUntilIdle();
        Assert.Equal(0, Dispatcher.Run(system.ActorOf(Ledger.Of(Journal)).Ask<int>("get", Minute)));
    }
}
