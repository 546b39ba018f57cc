using VmSupervisor.Contracts;

namespace VmSupervisor.Domain;

/// <summary>No VM has this id, or none has it any more.</summary>
internal sealed record Undefined : VmState
{
    public static Undefined Never { get; } = new();

    public override Decision Decide(Input input, Limits limits) => input switch
    {
        Input.Asked { Wish: Wish.Define define } asked => Define(asked, define),
        Input.Asked { Wish: Wish.Receive receive } asked => Receptions.Receive(this, asked, receive),
        Input.Told told => Receptions.Hear(this, told.Note, told.At, limits),
        Input.Seen seen when Handovers.Heard(this, seen, limits) is { } decided => decided,
        Input.Asked => new Decision.Refused(Refusal.NotFound, "there is no such VM; 'vmsup define FILE' makes one"),
        Input.Seen seen => new Decision.Ignored($"late news of incarnation {seen.Observation.Incarnation}: the VM is not defined", Late: true),
        _ => throw new InvalidOperationException($"{input.GetType().Name} is not an input"),
    };

    private Decision Define(Input.Asked asked, Wish.Define define) => new Draft(this)
        .Add(new Event.Defined(asked.At, define.Definition, asked.Operation))
        .End(asked.At, asked.Operation, Ending.Succeeded, "")
        .Accept();
}
