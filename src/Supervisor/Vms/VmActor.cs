using Microsoft.Extensions.Logging;
using VmSupervisor.Actors;
using VmSupervisor.Actors.Persistence;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Domain;
using VmSupervisor.Vms.Journal;
using VmSupervisor.Vms.Views;

namespace VmSupervisor.Vms;

/// <summary>
/// One VM. Everything that concerns it is a message here, one at a time: decided by the domain, journaled, applied,
/// answered, published, acted upon, in this order.
/// </summary>
/// <remarks>
/// <code>
///  Submit, Noticed, EffectEnded ──▶ Take ──▶ Decide ──▶ Persist ──▶ Apply ──▶ reply, publish, begin effects
/// </code>
/// After a restart: replay, then probe what lives, then the same <c>Decide</c>, then the effects that are outstanding.
/// </remarks>
internal sealed partial class VmActor : PersistentActor
{
    /// <summary>Replay of a hundred events takes about a millisecond.</summary>
    private const int EventsPerSnapshot = 100;

    private static readonly TimeSpan JournalRetry = TimeSpan.FromSeconds(1);

    private readonly VmId _vm;
    private readonly VmServices _services;
    private readonly EffectTable _effects;
    private readonly EndedOperations _ended = new();
    private readonly ILogger _logger;

    private VmState _state = Undefined.Never;
    private long _snapshotVersion;
    private bool _probing;
    private (Operation Operation, IActorRef Asker)? _unanswered;

    public VmActor(VmId vm, VmServices services, Effects.EffectRunner runner)
        : base(services.Journal, VmEventSerializer.Instance)
    {
        _vm = vm;
        _services = services;
        _logger = services.Logger;
        _effects = new EffectTable(runner, services.Limits);
    }

    public override string PersistenceId => StreamName.Of(_vm);

    private DateTimeOffset Now => Context.System.Time.GetUtcNow();

    protected override void OnRecover(object @event) => _state = Evolution.Evolve(_state, (Event)@event);

    protected override void OnRecoverSnapshot(object snapshot) => _state = (VmState)snapshot;

    protected override void OnRecoveryCompleted()
    {
        _snapshotVersion = LastVersion;
        PublishView();
        foreach (var operation in _state.Operations)
            _services.Board.OperationBegan(_vm, operation);
        if (_state.Current is not { MayLive: true } life)
        {
            Recovered();
            return;
        }

        _probing = true;
        Context.PipeToSelf<Finding>(
            token => _effects.Runner.ProbeAsync(life, token),
            finding => new Probed(new Observation.Recovered(life.Number, finding)),
            failure => new Probed(new Observation.Recovered(life.Number, new Finding.Ambiguous($"it could not be looked at: {failure.Message}"))));
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case Probed probed:
                _probing = false;
                Take(new Input.Seen(probed.Seen, Now), Recovered);
                break;
            case HousekeepingDone:
                break;
            case EffectEnded { Seen: null } ended:
                _effects.Ended(ended);
                break;
            case not null when _probing:
                Context.Stash.Stash();
                break;
            case Submit submit:
                Submitted(submit);
                break;
            case Noticed noticed:
                Take(new Input.Seen(noticed.Observation, Now));
                break;
            case EffectEnded ended:
                _effects.Ended(ended);
                Take(new Input.Seen(ended.Seen!, Now));
                break;
            default:
                Unhandled(message!);
                break;
        }
    }

    protected override void PostStop()
    {
        if (_unanswered is var (operation, asker))
        {
            asker.Tell(OperationViews.Refused(
                _vm, operation, Now, ProblemKind.Unavailable, "the journal did not say whether it was recorded; ask again with the same operation id"));
        }

        base.PostStop();
    }

    /// <summary>All that the journal and the host know is known here again; whoever waited can be served.</summary>
    private void Recovered()
    {
        Context.Parent.Tell(new VmNamed(_vm, (_state as Known)?.Definition.Name));
        Context.Parent.Tell(new VmRecovered(_vm));
        SyncEffects();
        Context.Stash.UnstashAll();
    }

    private void Submitted(Submit submit)
    {
        var operation = submit.Operation;
        if (_state.Operations.FirstOrDefault(o => o.Id == operation.Id) is { } pending)
            Sender.Tell(SameOrConflict(operation, pending.Fingerprint, OperationViews.Running(_vm, pending)));
        else if (_ended.Find(operation.Id) is var (fingerprint, view))
            Sender.Tell(SameOrConflict(operation, fingerprint, view));
        else
            Take(new Input.Asked(operation, submit.Wish, Now));
    }

    private OperationView SameOrConflict(Operation operation, string fingerprint, OperationView known) => fingerprint == operation.Fingerprint
        ? known
        : OperationViews.Refused(_vm, operation, Now, ProblemKind.Conflict, $"operation id '{operation.Id}' was used for another {known.Kind}");

    private void Take(Input input, Action? afterwards = null)
    {
        switch (_state.Decide(input, _services.Limits))
        {
            case Decision.Accepted accepted:
                Record(input, accepted.Events, afterwards);
                break;
            case Decision.Refused refused when input is Input.Asked asked:
                Refuse(asked, refused);
                break;
            case Decision.Ignored ignored:
                if (ignored.Late && input is Input.Seen seen)
                    Note(new InputNote("ignored", seen.Observation.Incarnation, null, seen.Observation.GetType().Name, ignored.Why));
                LogIgnored(_vm, _state.Last, ignored.Why);
                afterwards?.Invoke();
                break;
            case var decision:
                throw new InvalidOperationException($"{decision.GetType().Name} does not answer {input.GetType().Name}");
        }
    }

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
                afterwards?.Invoke();
                SyncEffects();
                SaveSnapshotSometimes();
            },
            new PersistOptions
            {
                Receipts = [.. events.OfType<Event.OperationEnded>().Select(Receipt)],
                Priority = Spares(asked) ? AppendPriority.Reserve : AppendPriority.Normal,
                Rejected = cause => Rejected(input, asked, asker, cause, afterwards),
            });
    }

    /// <summary>When the disk is full, what is asked anew is refused first; exits, stops and cleanups are still written.</summary>
    private static bool Spares(Input.Asked? asked) => asked is not { Wish: Wish.Define or Wish.Start or Wish.Guest };

    private void Apply(ValueList<Event> events)
    {
        var version = LastVersion - events.Count;
        foreach (var e in events)
        {
            version++;
            var before = _state;
            _state = Evolution.Evolve(before, e);
            LogEvent(e, _state);
            Publish(before, e, version);
        }

        _services.Board.PositionReached(LastPosition);
    }

    private void Publish(VmState before, Event e, long version)
    {
        if (e is Event.OperationEnded ended)
        {
            var view = OperationViews.Ended(_vm, ended);
            _ended.Add(ended.Operation, view);
            _services.Board.OperationEnded(view);
        }

        foreach (var operation in _state.Operations.ExceptBy(before.Operations.Select(o => o.Id), o => o.Id))
            _services.Board.OperationBegan(_vm, operation);
        _services.Board.Publish(_vm, VmViews.Of(_vm, _services.Node, _state, version), (_state as Known)?.Definition);
        if (e is Event.Defined or Event.Undefined)
            Context.Parent.Tell(new VmNamed(_vm, (_state as Known)?.Definition.Name));
        if (e is Event.CleanedUp cleaned)
            Forget(cleaned.Incarnation);
    }

    private void PublishView()
    {
        _services.Board.Publish(_vm, VmViews.Of(_vm, _services.Node, _state, LastVersion), (_state as Known)?.Definition);
        _services.Board.PositionReached(LastPosition);
    }

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

    private void Housekeep(Func<CancellationToken, Task> work) => Context.PipeToSelf<object>(
        async token =>
        {
            await work(token);
            return new HousekeepingDone();
        },
        done => done,
        failure =>
        {
            LogHousekeepingFailed(_vm, failure);
            return new HousekeepingDone();
        });

    private void SyncEffects()
    {
        if (!_probing)
            _effects.Sync(_state, Context);
    }

    private void SaveSnapshotSometimes()
    {
        if (LastVersion - _snapshotVersion < EventsPerSnapshot)
            return;
        _snapshotVersion = LastVersion;
        SaveSnapshot(_state);
    }
}
