using System.Globalization;

namespace VmSupervisor.Simulation.Plans;

/// <summary>A deed and what passes before it: so many steps of whatever can run, then so much time.</summary>
internal sealed record Act(int Steps, TimeSpan Time, Deed Deed)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"+{Steps} steps, +{Time.TotalMilliseconds} ms: {Deed}");
}
