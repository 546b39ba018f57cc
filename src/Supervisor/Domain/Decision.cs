using VmSupervisor.Contracts;

namespace VmSupervisor.Domain;

/// <summary>The answer to one input.</summary>
internal abstract record Decision
{
    /// <summary>These events happen. What is to be done follows from the state they lead to (<see cref="Outstanding"/>).</summary>
    public sealed record Accepted(ValueList<Event> Events) : Decision;

    /// <summary>Nothing follows.</summary>
    /// <param name="Why">For a person.</param>
    /// <param name="Late">Whether it is about a life that is closed: worth a note beside the journal.</param>
    public sealed record Ignored(string Why, bool Late = false) : Decision;

    /// <summary>The wish is refused, and nothing changed.</summary>
    public sealed record Refused(Refusal Kind, string Why) : Decision;
}
