using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Vms.Views;

namespace VmSupervisor.Vms;

/// <summary>What becomes of events once they are durable: the next state, and what others see of it.</summary>
internal sealed partial class VmActor
{
    private void Apply(ValueList<Event> events)
    {
        var version = LastVersion - events.Count;
        foreach (var e in events)
        {
            version++;
            var before = _state;
            _state = Evolution.Evolve(before, e);
            LogEvent(before, e);
            Publish(before, e, version);
        }

        AnswerWhoAwaitsListening();
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
        _services.Board.Publish(_vm, VmViews.Of(_vm, _services.Node, _state, version), (_state as Known)?.Definition, _state.Current?.Definition);
        if (e is Event.Defined or Event.ReceiveAccepted || (_state as Known)?.Definition.Name != (before as Known)?.Definition.Name)
            Context.Parent.Tell(new VmNamed(_vm, (_state as Known)?.Definition.Name));
        if (e is Event.CleanedUp cleaned)
            Forget(cleaned.Incarnation);
        if (before is Known && _state is not Known)
            ForgetVm();
    }

    private void PublishView()
    {
        _services.Board.Publish(_vm, VmViews.Of(_vm, _services.Node, _state, LastVersion), (_state as Known)?.Definition, _state.Current?.Definition);
        _services.Board.PositionReached(LastPosition);
    }
}
