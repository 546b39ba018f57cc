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
    private readonly VmId _vm;
    private readonly VmServices _services;
    private readonly EffectTable _effects;
    private readonly EndedOperations _ended = new();
    private readonly ILogger _logger;

    private VmState _state = Undefined.Never;
    private bool _probing;

    // A VM that was undefined leaves files behind until they are forgotten; what is defined anew does not begin with them.
    private int _forgetting;

    public VmActor(VmId vm, VmServices services, Effects.EffectRunner runner)
        : base(services.Journal, VmEventSerializer.Instance)
    {
        _vm = vm;
        _services = services;
        _logger = services.Logger;
        _effects = new EffectTable(runner, services.Limits, services.Board);
    }

    public override string PersistenceId => StreamName.Of(_vm);

    private DateTimeOffset Now => Context.System.Time.GetUtcNow();

    protected override void OnRecover(object @event) => _state = Evolution.Evolve(_state, (Event)@event);

    protected override void OnRecoverSnapshot(object snapshot) => _state = (VmState)snapshot;

    protected override void OnRecoveryCompleted()
    {
        _snapshotVersion = LastVersion;
        PublishView();
        _services.Board.OperationsRecovered(_vm, _state.Operations);
        if (_state is not Known)
            ForgetVm();
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
            case Forgotten:
                _forgetting--;
                SyncEffects();
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
            case not null when TryAnswer(message):
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
        var decided = _state.Decide(input, _services.Limits);
        _services.Decided?.Invoke(_vm, _state, input, decided);
        switch (decided)
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
                if (input is Input.Told told)
                    AnswerNote(told.Note, Sender);
                afterwards?.Invoke();
                break;
            default:
                throw new InvalidOperationException($"{decided.GetType().Name} does not answer {input.GetType().Name}");
        }
    }

    private void SyncEffects()
    {
        if (!_probing && _forgetting == 0)
            _effects.Sync(_state, Context);
    }
}
