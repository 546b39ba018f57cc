using VmSupervisor.Model.Worlds;

namespace VmSupervisor.Model.Mutants;

/// <summary>A known bug, put into the rules, and where to look for it.</summary>
/// <param name="Rules">The rules with the bug.</param>
/// <param name="Why">What somebody did who had the bug.</param>
/// <param name="Law">The law it breaks.</param>
/// <param name="Bounds">The small world in which it shows.</param>
internal sealed record Mutant(Rules Rules, string Why, string Law, Bounds Bounds);
