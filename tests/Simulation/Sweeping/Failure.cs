using VmSupervisor.Simulation.Plans;
using VmSupervisor.Simulation.Playing;

namespace VmSupervisor.Simulation.Sweeping;

/// <summary>A seed that failed, whole and reduced.</summary>
internal sealed record Failure(Plan Whole, RunOutcome Outcome, Plan Reduced, RunOutcome ReducedOutcome)
{
    public override string ToString() => $"""
        seed {Whole.Seed}: {Outcome.Kind}; again: make simulate {Whole.Again(isWhole: true)}
        {Outcome.Complaint}
        reduced from {Whole.Acts.Length} acts to {Reduced.Acts.Length}; again: make simulate {Reduced.Again(isWhole: false)}
        {Reduced}
        {ReducedOutcome.Complaint}
        """;
}
