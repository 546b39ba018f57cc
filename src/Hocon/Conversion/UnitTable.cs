using System.Numerics;

namespace VmSupervisor.Hocon.Conversion;

/// <summary>A family of units: what each name stands for in the smallest one. Names and cases are the specification's.</summary>
internal sealed class UnitTable
{
    private readonly Dictionary<string, BigInteger> _factors = new(StringComparer.Ordinal);

    private UnitTable(string examples) => Examples = examples;

    /// <summary>What to suggest to a person.</summary>
    public string Examples { get; }

    /// <summary>In nanoseconds.</summary>
    public static UnitTable Durations { get; } = new UnitTable("ns us ms s m h d, as in 500 ms or 30s")
        .Add(1, "ns nano nanos nanosecond nanoseconds")
        .Add(1_000, "us micro micros microsecond microseconds")
        .Add(1_000_000, "ms milli millis millisecond milliseconds")
        .Add(1_000_000_000, "s second seconds")
        .Add(60_000_000_000, "m minute minutes")
        .Add(3_600_000_000_000, "h hour hours")
        .Add(86_400_000_000_000, "d day days");

    /// <summary>In bytes.</summary>
    public static UnitTable Sizes { get; } = CreateSizes();

    public bool TryGet(string name, out BigInteger factor) => _factors.TryGetValue(name, out factor);

    private static UnitTable CreateSizes()
    {
        var table = new UnitTable("B kB MB GB TB KiB MiB GiB TiB, as in 512 MiB").Add(1, "B b byte bytes");
        string[] decimals = ["kilo", "mega", "giga", "tera", "peta", "exa", "zetta", "yotta"];
        string[] binaries = ["kibi", "mebi", "gibi", "tebi", "pebi", "exbi", "zebi", "yobi"];
        for (var i = 0; i < decimals.Length; i++)
        {
            // 'kB' is the one symbol with a small letter; one letter alone is a power of two, as for java and ls.
            var letter = char.ToUpperInvariant(decimals[i][0]);
            var small = char.ToLowerInvariant(letter);
            table.Add(BigInteger.Pow(1000, i + 1), $"{(i == 0 ? small : letter)}B {decimals[i]}byte {decimals[i]}bytes");
            table.Add(BigInteger.Pow(1024, i + 1), $"{letter} {small} {letter}i {letter}iB {binaries[i]}byte {binaries[i]}bytes");
        }

        return table;
    }

    private UnitTable Add(BigInteger factor, string names)
    {
        foreach (var name in names.Split(' '))
            _factors.Add(name, factor);
        return this;
    }
}
