using System.Globalization;
using VmSupervisor.Contracts.Text;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Cli.Output;

/// <summary>Values as people read them.</summary>
internal static class Words
{
    private const int BarPlaces = 20;

    /// <summary>How long ago, in the largest unit: <c>40s</c>, <c>12m</c>, <c>5h</c>, <c>3d</c>.</summary>
    public static string Age(DateTimeOffset since, TimeProvider time)
    {
        var age = time.GetUtcNow() - since;
        return age switch
        {
            // A clock that was set back.
            { Ticks: < 0 } => "0s",
            { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalSeconds}s"),
            { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalMinutes}m"),
            { TotalDays: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalHours}h"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalDays}d"),
        };
    }

    /// <summary>Local time to the millisecond.</summary>
    public static string Time(DateTimeOffset at, TimeProvider time) =>
        TimeZoneInfo.ConvertTime(at, time.LocalTimeZone).ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

    /// <summary>How much of it is done, <c>42%</c>; empty when it cannot tell.</summary>
    public static string Percent(OperationProgress? progress) => progress is { Total: > 0 }
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Min(100, 100 * progress.Done / progress.Total)}%")
        : "";

    /// <summary>A bar of twenty places.</summary>
    public static string Bar(OperationProgress progress)
    {
        var done = progress.Total > 0 ? (int)Math.Clamp(BarPlaces * progress.Done / progress.Total, 0, BarPlaces) : 0;
        return $"[{new string('#', done)}{new string('-', BarPlaces - done)}]";
    }

    /// <summary>What a person who watches a migration wants to know: whether it gets anywhere.</summary>
    public static string Of(MigrationProgressView migration) => string.Create(
        CultureInfo.InvariantCulture,
        $"{ByteSize.Format(migration.Transferred)} sent, {ByteSize.Format(migration.BytesPerSecond)}/s, round {migration.Iterations}, {migration.DirtyPagesPerSecond} pages/s written, would stand still {migration.ExpectedDowntime.TotalMilliseconds:0} ms{(migration.Throttle > 0 ? $", slowed down by {migration.Throttle}%" : "")}");

    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    public static Cell State(VmView vm) => new(vm.State, vm.State switch
    {
        "Running" => Tone.Good,
        "Starting" or "Stopping" => Tone.Busy,
        _ => Tone.Faint,
    });

    public static Cell Guest(VmView vm) => new(vm.Guest, vm.Guest switch
    {
        "running" => Tone.Good,
        "panicked" or "io-error" or "internal-error" or "watchdog" => Tone.Bad,
        "off" => Tone.Faint,
        _ => Tone.Busy,
    });

    /// <summary><c>name=value</c> pairs; values with blanks in quotes, line ends shown, moments as local time of day.</summary>
    public static string Data(IReadOnlyDictionary<string, string> data, TimeProvider time) =>
        string.Join(' ', data.Select(pair => $"{pair.Key}={Moment(pair.Value, time) ?? Quoted(pair.Value)}"));

    // Deadlines lie within minutes of the entry that has them, whose date is shown.
    private static string? Moment(string value, TimeProvider time) =>
        DateTimeOffset.TryParseExact(
            value, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? TimeZoneInfo.ConvertTime(at, time.LocalTimeZone).ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)
            : null;

    private static string Quoted(string value)
    {
        var line = value.ReplaceLineEndings("\\n").Replace("\t", "\\t", StringComparison.Ordinal);
        line = string.Concat(line.Select(c => char.IsControl(c) ? '?' : c));
        return line.Length == 0 || line.Contains(' ') ? $"\"{line}\"" : line;
    }
}
