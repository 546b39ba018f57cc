namespace VmSupervisor.Simulation.Tests;

/// <summary>Transitions that many seeds take, as <c>State Input Next</c>, a line each in a file beside the tests.</summary>
internal static class Transitions
{
    public static IReadOnlyList<string> Known { get; } = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "transitions.txt"));
}
