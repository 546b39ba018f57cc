namespace VmSupervisor.Simulation.Counting;

/// <summary>What no seed can meet, and why.</summary>
internal static class Unreachable
{
    /// <summary>Every input in every state, as <c>State Input</c>.</summary>
    public static IReadOnlyList<string> AllMeetings { get; } =
        [.. from state in Kinds.States from input in Kinds.Wishes.Concat(Kinds.Observations) select $"{state} {input}"];

    /// <summary>Inputs that do not come to a state.</summary>
    public static IReadOnlyDictionary<string, string> Meetings { get; } = new Dictionary<string, string>();

    /// <summary>Failures that there are not.</summary>
    public static IReadOnlyDictionary<string, string> Failures { get; } = new Dictionary<string, string>();
}
