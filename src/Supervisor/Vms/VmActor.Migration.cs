using VmSupervisor.Actors;
using VmSupervisor.Domain;
using VmSupervisor.Migration;

namespace VmSupervisor.Vms;

/// <summary>What the other node of a session says and asks.</summary>
internal sealed partial class VmActor
{
    private readonly List<(MigrationSession Session, IActorRef Asker)> _awaitListening = [];

    /// <summary>Whether it is a question of another node; answers it.</summary>
    private bool TryAnswer(object message)
    {
        switch (message)
        {
            case HearNote hear:
                Take(new Input.Told(hear.Note, Now));
                return true;
            case AwaitListening wait when ListeningOf(wait.Session) is { } answer:
                Sender.Tell(answer);
                return true;
            case AwaitListening wait:
                _awaitListening.Add((wait.Session, Sender));
                return true;
            case AskWaits ask:
                Sender.Tell(new Waits(_state.Moves.WaitsFor(ask.Session)));
                return true;
            case AskArrival:
                Sender.Tell(new CheckAnswer(Receptions.WhyNot(_state), new(_state.NextNumber.Value - 1)));
                return true;
            case AskOtherNode:
                Sender.Tell(new OtherNode(_state.Moves.Handover?.Session.Target ?? (_state.Current?.Incoming is { Committed: true } incoming ? incoming.Session.Source : null)));
                return true;
            default:
                return false;
        }
    }

    private void AnswerNote(PeerNote note, IActorRef asker) => asker.Tell(new NoteHeard(Receptions.AnswerTo(_state, note.Session)));

    private void AnswerWhoAwaitsListening()
    {
        foreach (var (session, asker) in _awaitListening.ToArray())
        {
            if (ListeningOf(session) is not { } answer)
                continue;
            asker.Tell(answer);
            _awaitListening.Remove((session, asker));
        }
    }

    /// <summary>Where the QEMU of a session listens, or why it never will; null while that is not known.</summary>
    private PrepareAnswer? ListeningOf(MigrationSession session) =>
        _state.Current?.Incoming is { Committed: false } incoming && incoming.Session == session && _state.Moves.VerdictOn(session) is null
            ? incoming.Address is { } address ? new(address, null) : null
            : new(null, Receptions.AnswerTo(_state, session)?.Detail ?? "the session is over");
}
