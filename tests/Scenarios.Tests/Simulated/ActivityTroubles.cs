using VmSupervisor.Actors.TestKit.Journals;
using VmSupervisor.Scenarios.Tests.Text;
using VmSupervisor.TestKit;

namespace VmSupervisor.Scenarios.Tests.Simulated;

/// <summary>What goes wrong with backups, with memory in files and with the journal.</summary>
internal sealed class ActivityTroubles
{
    private readonly SimulatedNode _node;
    private readonly FaultyJournal _journal;
    private readonly TimeSpan _copying;
    private readonly TimeSpan _saving;

    public ActivityTroubles(SimulatedNode node, FaultyJournal journal)
    {
        _node = node;
        _journal = journal;
        _copying = node.Backups.Takes;
        _saving = node.Memory.Takes;
        node.Backups.HasAgent = false;
    }

    /// <summary>Whether it was one of these.</summary>
    public bool Begin(Act act)
    {
        switch (act)
        {
            case Act.Jobs { Begin: true, Behaviour: var how }:
                _node.Backups.StartFails = ReasonOf(how);
                return true;
            case Act.Jobs { Behaviour: var how }:
                _node.Backups.JobFails = ReasonOf(how);
                _node.Backups.Takes = TimeOf(how, _copying);
                return true;
            case Act.Memory { Restore: true, Behaviour: var how }:
                _node.Memory.CheckFails = ReasonOf(how);
                return true;
            case Act.Memory { Behaviour: var how }:
                _node.Memory.SaveFails = ReasonOf(how);
                _node.Memory.Takes = TimeOf(how, _saving);
                return true;
            case Act.MakeFile(var path):
                _node.Backups.Complete.Add(path);
                return true;
            case Act.Journal(var trouble):
                Do(trouble);
                return true;
            default:
                return false;
        }
    }

    public void EndAll()
    {
        Begin(new Act.Jobs(new Behaviour.Works(), Begin: true));
        Begin(new Act.Jobs(new Behaviour.Works(), Begin: false));
        Begin(new Act.Memory(new Behaviour.Works(), Restore: true));
        Begin(new Act.Memory(new Behaviour.Works(), Restore: false));
        Do(JournalTrouble.HasRoom);
        Do(JournalTrouble.GoesOn);
    }

    private void Do(JournalTrouble trouble)
    {
        switch (trouble)
        {
            case JournalTrouble.IsFull or JournalTrouble.HasRoom:
                _journal.IsFull = trouble == JournalTrouble.IsFull;
                break;
            case JournalTrouble.LosesNext or JournalTrouble.LeavesNextUnanswered:
                _journal.FailNext(written: trouble == JournalTrouble.LeavesNextUnanswered);
                break;
            case JournalTrouble.Hangs:
                _journal.Hold();
                break;
            case JournalTrouble.GoesOn:
                _journal.Release();
                break;
        }
    }

    private static string? ReasonOf(Behaviour how) => how is Behaviour.Fails(var reason) ? reason : null;

    private static TimeSpan TimeOf(Behaviour how, TimeSpan usual) => how switch
    {
        Behaviour.Takes(var time) => time,
        Behaviour.Hangs => SimulatedTroubles.Forever,
        _ => usual,
    };
}
