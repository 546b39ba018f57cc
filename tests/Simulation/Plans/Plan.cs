using System.Collections.Immutable;
using System.Globalization;

namespace VmSupervisor.Simulation.Plans;

/// <summary>What happens in a run, and the seed that decides every order that is free in it.</summary>
/// <param name="Seed">What it is made of.</param>
/// <param name="Order">Which of the seed's schedules; 0 unless a reduction looked for another one.</param>
/// <param name="Acts">What happens, by their places in the whole plan.</param>
internal sealed record Plan(long Seed, int Order, ImmutableArray<(int Place, Act Act)> Acts)
{
    /// <summary>The dispatcher's seed.</summary>
    public long Schedule => Order == 0 ? Seed : unchecked((Seed * 1_000_003) + Order);

    /// <summary>The plan with only some of its acts.</summary>
    public Plan Only(IEnumerable<int> places)
    {
        var wanted = places.ToHashSet();
        return this with { Acts = Acts.RemoveAll(a => !wanted.Contains(a.Place)) };
    }

    /// <summary>The arguments that give exactly this run again.</summary>
    public string Again(bool isWhole) => isWhole && Order == 0
        ? string.Create(CultureInfo.InvariantCulture, $"FIRST={Seed} SEEDS=1")
        : string.Create(CultureInfo.InvariantCulture, $"FIRST={Seed} SEEDS=1 ORDER={Order} ONLY={string.Join(',', Acts.Select(a => a.Place))}");

    public override string ToString() => string.Join('\n', Acts.Select(a => string.Create(CultureInfo.InvariantCulture, $"  {a.Place,3}  {a.Act}")));
}
