using VmSupervisor.Hocon;

namespace VmSupervisor.Daemon.Configuration;

/// <summary>
/// Readers of settings with bounds. They return something also when the setting is wrong: the fault is noted, and
/// options with faults are never used.
/// </summary>
internal static class Checked
{
    /// <summary>A section; an empty one when it is no object.</summary>
    public static HoconReader Section(HoconReader parent, string key, params ReadOnlySpan<string> known)
    {
        if (parent.Object(key) is not { } section)
            return new HoconReader(new HoconObject([], parent.Value.Origin), new List<HoconFault>());
        section.RefuseUnknown(known);
        return section;
    }

    /// <summary>An absolute path; null when it is the word that stands for none.</summary>
    public static string? AbsolutePath(HoconReader section, string key, string none)
    {
        var path = section.String(key);
        if (path is null || path == none)
            return null;
        if (!path.StartsWith('/') || path.Contains('\0'))
            section.Fault(key, $"found \"{path}\"; allowed is an absolute path{(none.Length == 0 ? ", or \"\" for none" : $" or {none}")}");
        return path;
    }

    /// <summary>A duration above zero.</summary>
    public static TimeSpan Duration(HoconReader section, string key)
    {
        var duration = section.Duration(key);
        if (duration <= TimeSpan.Zero)
            section.Fault(key, $"found {duration.Value.TotalMilliseconds} ms; allowed is more than 0");

        // What timers can count: 2^32 - 2 ms.
        if (duration > TimeSpan.FromDays(49))
            section.Fault(key, $"found {duration.Value.TotalDays} days; allowed are at most 49");
        return duration ?? default;
    }

    /// <summary>A whole number between bounds.</summary>
    public static int Int(HoconReader section, string key, int min, int max) => (int)(section.Int64(key, min, max) ?? min);
}
