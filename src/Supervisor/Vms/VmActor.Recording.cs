using VmSupervisor.Actors;
using VmSupervisor.Actors.Persistence;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Domain;
using VmSupervisor.Vms.Journal;
using VmSupervisor.Vms.Views;

namespace VmSupervisor.Vms;

/// <summary>What is written: events with the answers they end, answers alone, notes, snapshots.</summary>
internal sealed partial class VmActor
{
    /// <summary>Replay of a hundred events takes about a millisecond.</summary>
    private const int EventsPerSnapshot = 100;

    private static readonly TimeSpan JournalRetry = TimeSpan.FromSeconds(1);

    private (Operation Operation, IActorRef Asker)? _unanswered;
    private long _snapshotVersion;

    private void Record(Input input, ValueList<Event> events, Action? afterwards)
    {
        var asked = input as Input.Asked;
        var asker = Sender;
        _unanswered = asked is null ? null : (asked.Operation, asker);
        Persist(
            [.. events],
            () =>
            {
                _unanswered = null;
                Apply(events);
                if (asked is not null)
                    asker.Tell(_ended.Find(asked.Operation.Id)?.View ?? OperationViews.Running(_vm, asked.Operation));
                if (input is Input.Told told)
                    AnswerNote(told.Note, asker);
                afterwards?.Invoke();
                SyncEffects();
                SaveSnapshotSometimes();
            },
            new PersistOptions
            {
                Receipts = [.. events.OfType<Event.OperationEnded>().Select(Receipt)],
                Priority = Spares(asked, events) ? AppendPriority.Reserve : AppendPriority.Normal,
                Rejected = cause => Rejected(input, asked, asker, cause, afterwards),
            });
    }

    /// <summary>When the disk is full, what is asked anew is refused first; exits, stops and cleanups are still written.</summary>
    private static bool Spares(Input.Asked? asked, ValueList<Event> events) =>
        asked is null ? events[0] is not Event.StartAccepted : asked.Wish is not (Wish.Define or Wish.Start or Wish.Reboot or Wish.Backup or Wish.Hibernate or Wish.Migrate or Wish.Receive or Wish.Guest);

    /// <summary>
    /// The journal could not take it, for certain. A wish is answered; what was seen is true all the same, and is
    /// brought forward again until the journal takes it.
    /// </summary>
    private void Rejected(Input input, Input.Asked? asked, IActorRef asker, Exception cause, Action? afterwards)
    {
        _unanswered = null;
        LogRejected(_vm, _state.Last, cause.Message);
        if (asked is not null)
        {
            asker.Tell(OperationViews.Refused(_vm, asked.Operation, Now, ProblemKind.Unavailable, $"it cannot be journaled: {cause.Message}"));
            Context.Parent.Tell(new VmNamed(_vm, (_state as Known)?.Definition.Name));
            return;
        }

        if (input is Input.Told)
        {
            asker.Tell(new VmUnavailable($"it cannot be journaled: {cause.Message}"));
            return;
        }

        if (afterwards is not null)
            _probing = true;
        var seen = ((Input.Seen)input).Observation;
        object again = seen is Observation.Recovered recovered ? new Probed(recovered) : new Noticed(seen);
        Context.Timers.StartSingleTimer(seen, again, JournalRetry);
    }

    private void Refuse(Input.Asked asked, Decision.Refused refused)
    {
        var operation = asked.Operation;
        var kind = refused.Kind == Refusal.NotFound ? ProblemKind.NotFound : ProblemKind.Conflict;
        var view = OperationViews.Refused(_vm, operation, asked.At, kind, refused.Why);
        var asker = Sender;
        if (asked.Wish is Wish.Receive)
            Context.Parent.Tell(new VmNamed(_vm, (_state as Known)?.Definition.Name));
        Note(new InputNote("refused", _state.Last, operation.Id, operation.By, $"{operation.Kind}: {refused.Why}"));
        Persist(
            [],
            () =>
            {
                _ended.Add(operation, view);
                asker.Tell(view);
            },
            new PersistOptions { Receipts = [Receipt(operation, view)], Rejected = _ => asker.Tell(view) });
    }

    private Receipt Receipt(Event.OperationEnded e) => Receipt(e.Operation, OperationViews.Ended(_vm, e));

    private Receipt Receipt(Operation operation, OperationView view) =>
        OperationReceipts.Of(view, operation.Fingerprint, Now);

    private void Note(InputNote note)
    {
        var entry = new JournalNote(PersistenceId, LastVersion, note.ToBytes(), Now);
        Housekeep(token => Journal.AddNoteAsync(entry, token));
    }

    private void Forget(Incarnation closed) => Housekeep(token => _effects.Runner.ForgetHooksAsync(closed, token));

    /// <summary>Files that only a VM that is not defined any more had; repeated after a restart that came between.</summary>
    private void ForgetVm()
    {
        _forgetting++;
        Housekeep(_effects.Runner.ForgetVmAsync, new Forgotten());
    }

    private void Housekeep(Func<CancellationToken, Task> work) => Housekeep(work, new HousekeepingDone());

    private void Housekeep(Func<CancellationToken, Task> work, object done) => Context.PipeToSelf<object>(
        async token =>
        {
            await work(token);
            return done;
        },
        ended => ended,
        failure =>
        {
            LogHousekeepingFailed(_vm, failure);
            return done;
        });

    private void SaveSnapshotSometimes()
    {
        if (LastVersion - _snapshotVersion < EventsPerSnapshot)
            return;
        _snapshotVersion = LastVersion;
        SaveSnapshot(_state);
    }
}
