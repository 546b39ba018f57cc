using VmSupervisor.Actors.Persistence;
using VmSupervisor.TestKit;
using VmSupervisor.Vms.Effects;

namespace VmSupervisor.Simulation.Playing;

/// <summary>What is put to the test: the production code, unless something is put before it that must be found out.</summary>
internal sealed record Subject
{
    public static Subject Production { get; } = new();

    /// <summary>What stands before the journal.</summary>
    public Func<IJournal, IJournal>? Journal { get; init; }

    /// <summary>What stands before the ports of effects.</summary>
    public Func<World, World>? World { get; init; }

    /// <summary>What is different about the host.</summary>
    public Action<SimulatedNode>? Host { get; init; }
}
