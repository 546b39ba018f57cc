using VmSupervisor.TestKit;

namespace VmSupervisor.Simulation.Playing;

/// <summary>How a run ended.</summary>
/// <param name="Violations">Empty when all is well.</param>
/// <param name="Fault">What was thrown, by production code or by the simulation itself; null when nothing was.</param>
/// <param name="Steps">How many steps it had.</param>
/// <param name="Trace">A fingerprint of everything that happened and when; 0 unless asked for.</param>
internal sealed record RunOutcome(IReadOnlyList<Violation> Violations, Exception? Fault, long Steps, ulong Trace)
{
    public bool Failed => Violations.Count > 0 || Fault is not null;

    /// <summary>What kind of failure it is: a reduction must not wander off to another one.</summary>
    public string Kind => Violations is [var first, ..] ? $"invariant {(int)first.Invariant}" : Fault is { } fault ? fault.GetType().Name : "none";

    public string Complaint => string.Join('\n', [.. Violations.Select(v => $"  {v}").Distinct(), .. Fault is null ? [] : new[] { $"  {Fault}" }]);
}
