using VmSupervisor.Simulation.Counting;
using VmSupervisor.Simulation.Plans;
using VmSupervisor.Simulation.Playing;

namespace VmSupervisor.Simulation.Reducing;

/// <summary>
/// Makes a failing plan shorter as long as it fails in the same way (delta debugging, Zeller and Hildebrandt 2002): leaves
/// out pieces, large ones first, until no single act can be left out.
/// </summary>
/// <remarks>Without an act everything after it may come in another order, so some orders are tried.</remarks>
internal sealed class Reducer(Subject subject, int orders = 4)
{
    private readonly Tally _unheeded = new();

    public (Plan Plan, RunOutcome Outcome) Reduce(Plan plan, RunOutcome failure)
    {
        var size = Math.Max(1, plan.Acts.Length / 2);
        while (true)
        {
            if (Without(plan, failure, size) is { } shorter)
                (plan, failure) = shorter;
            else if (size > 1)
                size = Math.Max(1, size / 2);
            else
                return (plan, failure);
        }
    }

    private (Plan, RunOutcome)? Without(Plan plan, RunOutcome failure, int size)
    {
        // From the end: what comes after the failure goes first.
        for (var end = plan.Acts.Length; end > 0; end -= size)
        {
            var from = Math.Max(0, end - size);
            var shorter = plan with { Acts = plan.Acts.RemoveRange(from, end - from) };
            for (var order = 0; order < orders; order++)
            {
                var tried = shorter with { Order = order };
                var outcome = Run.Of(tried, subject, _unheeded);
                if (outcome.Kind == failure.Kind)
                    return (tried, outcome);
            }
        }

        return null;
    }
}
