namespace VmSupervisor.Contracts.Definitions;

/// <summary>One thing that is wrong with a definition.</summary>
/// <param name="Key">Where: <c>vm.disks[0].format</c>.</param>
/// <param name="Found">What was found.</param>
/// <param name="Allowed">What is allowed there.</param>
public sealed record DefinitionFault(string Key, string Found, string Allowed)
{
    /// <summary>What <see cref="Found"/> says of a key that does not exist.</summary>
    public const string UnknownKey = "an unknown key";

    /// <summary>The fault in one line.</summary>
    public override string ToString() => $"{Key}: found {Found}, allowed: {Allowed}";
}

/// <summary>What came of reading a definition: the definition, or everything that is wrong with it.</summary>
/// <param name="Definition">The definition; null when there are faults.</param>
/// <param name="Faults">The faults, in the order of the text as far as it can be told; empty when there is a definition.</param>
public sealed record DefinitionResult(VmDefinition? Definition, ValueList<DefinitionFault> Faults);
