using System.Text.RegularExpressions;

namespace VmSupervisor.Qemu.Machines;

/// <summary>What QEMU prints for <c>-machine help</c>.</summary>
internal static partial class MachineList
{
    /// <summary>The versioned types by the aliases that stand for them.</summary>
    public static IReadOnlyDictionary<string, string> AliasesIn(IEnumerable<string> lines)
    {
        var aliases = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            if (Alias().Match(line) is { Success: true } match)
                aliases[match.Groups["alias"].Value] = match.Groups["type"].Value;
        }

        return aliases;
    }

    // q35                  Standard PC (Q35 + ICH9, 2009) (alias of pc-q35-7.2)
    [GeneratedRegex(@"^(?<alias>\S+) .*\(alias of (?<type>[^()\s]+)\)")]
    private static partial Regex Alias();
}
