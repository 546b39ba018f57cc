using System.Globalization;

namespace VmSupervisor.Simulation;

/// <summary>What the program is asked for. An argument that is empty counts as not given.</summary>
internal sealed record Arguments
{
    public long Seeds { get; private init; } = 1000;

    public long First { get; private init; } = 1;

    public int Order { get; private init; }

    public IReadOnlyList<int>? Only { get; private init; }

    /// <summary>Where all counts are written to.</summary>
    public string? Coverage { get; private init; }

    /// <summary>Null when they cannot be understood.</summary>
    public static Arguments? Read(string[] args)
    {
        var asked = new Arguments();
        if (args.Length % 2 != 0)
            return null;
        try
        {
            foreach (var pair in args.Chunk(2).Where(pair => pair[1].Length > 0))
            {
                asked = pair switch
                {
                    ["--seeds", var count] => asked with { Seeds = long.Parse(count, CultureInfo.InvariantCulture) },
                    ["--first", var seed] => asked with { First = long.Parse(seed, CultureInfo.InvariantCulture) },
                    ["--order", var order] => asked with { Order = int.Parse(order, CultureInfo.InvariantCulture) },
                    ["--only", var places] => asked with { Only = [.. places.Split(',').Select(p => int.Parse(p, CultureInfo.InvariantCulture))] },
                    ["--coverage", var file] => asked with { Coverage = file },
                    _ => throw new FormatException(),
                };
            }
        }
        catch (FormatException)
        {
            return null;
        }

        return asked.Seeds > 0 ? asked : null;
    }
}
