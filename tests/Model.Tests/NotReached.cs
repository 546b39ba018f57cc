namespace VmSupervisor.Model.Tests;

/// <summary>Kinds of events that no exploration meets, and why.</summary>
internal static class NotReached
{
    public static IReadOnlyDictionary<string, string> Events { get; } = new Dictionary<string, string>();
}
