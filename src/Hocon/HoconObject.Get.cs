using VmSupervisor.Hocon.Conversion;

namespace VmSupervisor.Hocon;

/// <content>Values by path and type. Each throws a <see cref="HoconException"/> when the setting is missing or wrong.</content>
public sealed partial class HoconObject
{
    /// <summary>A string; numbers and booleans are written out.</summary>
    /// <exception cref="HoconException">It is missing, null, an object or an array.</exception>
    public string GetString(string path) => Get<string>(path, Converters.String);

    /// <summary>A whole number. <c>1e3</c> and <c>10.0</c> are whole.</summary>
    /// <exception cref="HoconException">It is missing, not a whole number, or outside of the bounds.</exception>
    public long GetInt64(string path, long min = long.MinValue, long max = long.MaxValue) =>
        Get(path, Converters.Whole(min, max));

    /// <summary>A number.</summary>
    /// <exception cref="HoconException">It is missing or not a number that a double can hold.</exception>
    public double GetDouble(string path) => Get<double>(path, Converters.Double);

    /// <summary>A boolean: true, yes, on; false, no, off.</summary>
    /// <exception cref="HoconException">It is missing or something else.</exception>
    public bool GetBoolean(string path) => Get<bool>(path, Converters.Boolean);

    /// <summary>A duration; a bare number is milliseconds. What is finer than 100 ns is cut off.</summary>
    /// <exception cref="HoconException">It is missing, not a duration, too long, or too short to be told from nothing.</exception>
    public TimeSpan GetDuration(string path) => Get<TimeSpan>(path, Converters.Duration);

    /// <summary>A size in bytes; a bare number is bytes, a fraction of a byte is cut off.</summary>
    /// <exception cref="HoconException">It is missing, not a size, or outside of the bounds.</exception>
    public long GetSize(string path, long min = 0, long max = long.MaxValue) => Get(path, Converters.Size(min, max));

    /// <summary>A span on the calendar; a bare number is days.</summary>
    /// <exception cref="HoconException">It is missing or not a period.</exception>
    public HoconPeriod GetPeriod(string path) => Get<HoconPeriod>(path, Converters.Period);

    /// <summary>An object.</summary>
    /// <exception cref="HoconException">It is missing or something else.</exception>
    public HoconObject GetObject(string path) => Get<HoconObject>(path, Converters.Object);

    /// <summary>An array; an object whose keys are numbers is taken as one, in the order of the numbers.</summary>
    /// <exception cref="HoconException">It is missing or something else.</exception>
    public HoconArray GetArray(string path) => Get<HoconArray>(path, Converters.Array);

    private T Get<T>(string path, Converter<T> convert)
    {
        var at = HoconPath.Parse(path);
        if (Find(at) is not { } value)
            throw new HoconException(OriginOf(at), "found nothing; this setting is required", at.ToString());
        if (convert(value, out var result, out var allowed))
            return result;
        throw new HoconException(value.Origin, Problem(value, allowed), at.ToString());
    }

    internal static string Problem(HoconValue value, string allowed) => $"found {value.Describe()}; allowed is {allowed}";
}
