using System.Text;
using VmSupervisor.Actors.Persistence;
using VmSupervisor.Actors.TestKit;
using VmSupervisor.Actors.TestKit.Journals;

namespace VmSupervisor.Actors.Tests.Persistence;

/// <summary>One ledger on a journal that can fail, in virtual time.</summary>
public abstract class PersistenceFixture
{
    protected PersistenceFixture()
    {
        Store = new InMemoryJournal(Dispatcher.Time);
        Journal = new FaultyJournal(Store);
        System = Dispatcher.CreateSystem();
    }

    protected static TimeSpan Minute => TimeSpan.FromMinutes(1);

    protected SteppableDispatcher Dispatcher { get; } = new(seed: 1);

    protected ActorSystem System { get; }

    protected InMemoryJournal Store { get; }

    protected FaultyJournal Journal { get; }

    protected List<string> Log { get; } = [];

    protected List<Terminated> Ended { get; } = [];

    protected IActorRef Start(int keep = 2)
    {
        var actor = System.ActorOf(Ledger.Of(Journal, Log.Add, keep: keep));
        System.ActorOf(Script.Of((m, _) => Ended.Add((Terminated)m), start: c => c.Watch(actor)));
        Dispatcher.RunUntilIdle();
        return actor;
    }

    protected IActorRef Restart(IActorRef actor)
    {
        System.Stop(actor);
        Dispatcher.RunUntilIdle();
        Ended.Clear();
        Log.Clear();
        return Start();
    }

    protected void Send(IActorRef actor, params object[] messages)
    {
        foreach (var message in messages)
        {
            actor.Tell(message);
        }

        Dispatcher.RunUntilIdle();
    }

    protected int Ask(IActorRef actor, object message) => Dispatcher.Run(actor.Ask<int>(message, Minute));

    protected void Write(params (string Type, int Version, string Text)[] events)
    {
        var version = Store.HighestVersionAsync("ledger").GetAwaiter().GetResult();
        var list = events.Select(e => new NewEvent(e.Type, e.Version, Encoding.UTF8.GetBytes(e.Text), Dispatcher.Time.GetUtcNow()));
        Assert.IsType<AppendResult.Appended>(
            Store.AppendAsync(new AppendRequest("ledger", version, [.. list])).GetAwaiter().GetResult());
    }

    protected void WriteSnapshot(long version, string text, string type = "ledger.sum") =>
        Store.SaveSnapshotAsync(new JournalSnapshot(
            "ledger", version, type, 1, Encoding.UTF8.GetBytes(text), Dispatcher.Time.GetUtcNow())).GetAwaiter().GetResult();
}
