using System.Diagnostics.CodeAnalysis;
using VmSupervisor.Contracts;

namespace VmSupervisor.Domain;

/// <summary>
/// A decision in the making: the events so far and the state they lead to. Never leaves <c>Decide</c>.
/// </summary>
internal sealed class Draft(VmState state)
{
    private readonly List<Event> events = [];

    public VmState State { get; private set; } = state;

    public Draft Add(Event e)
    {
        events.Add(e);
        State = Evolution.Evolve(State, e);
        return this;
    }

    public Draft End(DateTimeOffset at, Operation operation, Ending ending, string detail) =>
        Add(new Event.OperationEnded(at, State.Current?.Number ?? State.Last, operation, ending, detail));

    [SuppressMessage("Performance", "CA1851", Justification = "Ending an operation changes the list it came from; hence the copy.")]
    public Draft End(DateTimeOffset at, IEnumerable<Operation> operations, Ending ending, string detail)
    {
        foreach (var operation in operations.ToArray())
            End(at, operation, ending, detail);
        return this;
    }

    public Decision Accept() => new Decision.Accepted(events.ToValueList());
}
