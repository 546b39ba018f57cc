using System.Text.RegularExpressions;

namespace VmSupervisor.Qemu.Machines;

/// <summary>What QEMU prints for <c>-machine help</c>.</summary>
internal static partial class MachineList
{
    /// <summary>All types, and what those that are aliases stand for.</summary>
    public static IReadOnlyDictionary<string, string?> TypesIn(IEnumerable<string> lines)
    {
        // The first line is a heading.
        var all = lines.Skip(1).ToArray();
        var aliases = AliasesIn(all);
        return all.Select(line => line.Split(' ')[0]).Where(name => name.Length > 0).Distinct().ToDictionary(name => name, aliases.GetValueOrDefault, StringComparer.Ordinal);
    }

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
