using VmSupervisor.Simulation.Counting;
using VmSupervisor.Simulation.Playing;
using VmSupervisor.Simulation.Sweeping;

namespace VmSupervisor.Simulation.Tests;

/// <summary>Some thousands of seeds, run once for all that is asked about them.</summary>
public sealed class Swept
{
    private const int Seeds = 5000;

    public Swept()
    {
        Sweep = new Sweep(Subject.Production);
        Tally = Sweep.Of(1, Seeds);
    }

    internal Sweep Sweep { get; }

    internal Tally Tally { get; }
}
