using VmSupervisor.Model.Engine;
using VmSupervisor.Model.Worlds;

namespace VmSupervisor.Model.Tests;

/// <summary>The explorations, made once for all tests that ask about them.</summary>
public sealed class Explored
{
    internal IReadOnlyDictionary<string, Exploration> Results { get; } = Suite.Quick.ToDictionary(
        bounds => bounds.Name, bounds => new Explorer<World>(new VmModel(bounds), Environment.ProcessorCount).Run());
}
