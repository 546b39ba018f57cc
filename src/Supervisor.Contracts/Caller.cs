namespace VmSupervisor.Contracts;

/// <summary>Who asks, as it is written into the journal: <c>uid 0 (root), pid 4711</c>.</summary>
/// <param name="Name">Who, in one line.</param>
public sealed record Caller(string Name)
{
    /// <summary>The supervisor itself.</summary>
    public static Caller Supervisor { get; } = new("supervisor");
}
