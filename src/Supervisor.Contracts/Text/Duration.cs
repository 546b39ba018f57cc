using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace VmSupervisor.Contracts.Text;

/// <summary>Durations as people write them: a number and a unit, <c>500ms</c>, <c>60s</c>, <c>5 minutes</c>.</summary>
public static class Duration
{
    /// <summary>What is allowed, for error messages.</summary>
    public const string Allowed = "a number and a unit, such as 500ms, 60s, 5m, 1h";

    // HOCON's units. A number without a unit is refused: HOCON reads it as milliseconds, people mean seconds.
    private static long? TicksOf(string unit) => unit switch
    {
        "us" or "micro" or "micros" or "microsecond" or "microseconds" => TimeSpan.TicksPerMicrosecond,
        "ms" or "milli" or "millis" or "millisecond" or "milliseconds" => TimeSpan.TicksPerMillisecond,
        "s" or "second" or "seconds" => TimeSpan.TicksPerSecond,
        "m" or "minute" or "minutes" => TimeSpan.TicksPerMinute,
        "h" or "hour" or "hours" => TimeSpan.TicksPerHour,
        "d" or "day" or "days" => TimeSpan.TicksPerDay,
        _ => null,
    };

    /// <summary>Reads a duration; false when it is not one, is negative, or does not come out in ticks of 100 ns.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out TimeSpan duration)
    {
        duration = default;
        if (!NumberWithUnit.TrySplit(text, out var number, out var unit) || TicksOf(unit) is not { } ticksPerUnit)
            return false;
        if (number > TimeSpan.MaxValue.Ticks / (decimal)ticksPerUnit)
            return false;
        var ticks = number * ticksPerUnit;
        if (ticks != decimal.Truncate(ticks))
            return false;
        duration = TimeSpan.FromTicks((long)ticks);
        return true;
    }

    /// <summary>Writes a duration exactly, in the largest of s, ms and us that has no fraction: <c>60s</c>, <c>500ms</c>.</summary>
    public static string Format(TimeSpan duration)
    {
        var ticks = duration.Ticks;
        if (ticks % TimeSpan.TicksPerSecond == 0)
            return string.Create(CultureInfo.InvariantCulture, $"{ticks / TimeSpan.TicksPerSecond}s");
        return ticks % TimeSpan.TicksPerMillisecond == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{ticks / TimeSpan.TicksPerMillisecond}ms")
            : string.Create(CultureInfo.InvariantCulture, $"{ticks / (decimal)TimeSpan.TicksPerMicrosecond}us");
    }
}
