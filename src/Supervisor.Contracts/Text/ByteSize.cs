using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace VmSupervisor.Contracts.Text;

/// <summary>Sizes as people write them: <c>512 MiB</c>, <c>512M</c>, <c>1 GiB</c>; <c>MB</c> is a million bytes, as in HOCON.</summary>
public static class ByteSize
{
    /// <summary>What is allowed, for error messages.</summary>
    public const string Allowed = "a number of bytes, or a number and a unit, such as 512 MiB, 512M, 2 GiB";

    private static readonly string[] Units = ["bytes", "KiB", "MiB", "GiB", "TiB"];

    private static long? BytesOf(string unit) => unit switch
    {
        "" or "B" or "b" or "byte" or "bytes" => 1L,
        "k" or "K" or "Ki" or "KiB" or "kibibyte" or "kibibytes" => 1L << 10,
        "m" or "M" or "Mi" or "MiB" or "mebibyte" or "mebibytes" => 1L << 20,
        "g" or "G" or "Gi" or "GiB" or "gibibyte" or "gibibytes" => 1L << 30,
        "t" or "T" or "Ti" or "TiB" or "tebibyte" or "tebibytes" => 1L << 40,
        "kB" or "kilobyte" or "kilobytes" => 1_000L,
        "MB" or "megabyte" or "megabytes" => 1_000_000L,
        "GB" or "gigabyte" or "gigabytes" => 1_000_000_000L,
        "TB" or "terabyte" or "terabytes" => 1_000_000_000_000L,
        _ => null,
    };

    /// <summary>Reads a size in bytes; false when it is not one, is negative, has a fraction of a byte or is beyond 2^63-1.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out long bytes)
    {
        bytes = 0;
        if (!NumberWithUnit.TrySplit(text, out var number, out var unit) || BytesOf(unit) is not { } bytesPerUnit)
            return false;
        if (number > long.MaxValue / (decimal)bytesPerUnit)
            return false;
        var product = number * bytesPerUnit;
        if (product != decimal.Truncate(product))
            return false;
        bytes = (long)product;
        return true;
    }

    /// <summary>Writes a size exactly, in the largest unit that has no fraction: <c>512 MiB</c>.</summary>
    public static string Format(long bytes)
    {
        var unit = 0;
        while (bytes != 0 && unit < Units.Length - 1 && bytes % 1024 == 0)
        {
            bytes /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes} {Units[unit]}");
    }
}
