using VmSupervisor.Hocon.Conversion;

namespace VmSupervisor.Hocon;

/// <summary>
/// Reads the settings of one object and collects what is wrong with them instead of stopping at the first fault. A
/// setting that is missing or wrong reads as null; only a wrong one is a fault, unless it is asked for with
/// <see cref="Require"/>.
/// </summary>
public sealed class HoconReader
{
    private readonly ICollection<HoconFault> _faults;

    /// <summary>A reader of the root.</summary>
    /// <param name="root">The object to read.</param>
    /// <param name="faults">Where faults go; the readers of inner objects share it.</param>
    public HoconReader(HoconObject root, ICollection<HoconFault> faults)
        : this(root, HoconPath.Root, faults)
    {
    }

    private HoconReader(HoconObject value, HoconPath path, ICollection<HoconFault> faults)
    {
        Value = value;
        Path = path;
        _faults = faults;
    }

    /// <summary>The object that is read.</summary>
    public HoconObject Value { get; }

    /// <summary>Its path from the root.</summary>
    public HoconPath Path { get; }

    /// <summary>Whether a key is set, be it to null.</summary>
    public bool Has(string key) => Value.TryGetField(key, out _);

    /// <summary>A string; numbers and booleans are written out.</summary>
    public string? String(string key) => Read<string>(key, Converters.String, out var value) ? value : null;

    /// <summary>One of several words.</summary>
    public string? Choice(string key, params ReadOnlySpan<string> words)
    {
        var word = String(key);
        if (word is null || words.Contains(word))
            return word;
        Fault(key, HoconObject.Problem(Value.Find(HoconPath.Root.Then(key))!, string.Join(", ", words.ToArray())));
        return null;
    }

    /// <summary>A whole number between bounds.</summary>
    public long? Int64(string key, long min = long.MinValue, long max = long.MaxValue) =>
        Read(key, Converters.Whole(min, max), out var value) ? value : null;

    /// <summary>A number.</summary>
    public double? Double(string key) => Read<double>(key, Converters.Double, out var value) ? value : null;

    /// <summary>A boolean.</summary>
    public bool? Boolean(string key) => Read<bool>(key, Converters.Boolean, out var value) ? value : null;

    /// <summary>A duration; a bare number is milliseconds.</summary>
    public TimeSpan? Duration(string key) => Read<TimeSpan>(key, Converters.Duration, out var value) ? value : null;

    /// <summary>A size in bytes between bounds.</summary>
    public long? Size(string key, long min = 0, long max = long.MaxValue) =>
        Read(key, Converters.Size(min, max), out var value) ? value : null;

    /// <summary>A span on the calendar; a bare number is days.</summary>
    public HoconPeriod? Period(string key) => Read<HoconPeriod>(key, Converters.Period, out var value) ? value : null;

    /// <summary>A reader of an inner object.</summary>
    public HoconReader? Object(string key) =>
        Read<HoconObject>(key, Converters.Object, out var value) ? new HoconReader(value, Path.Then(key), _faults) : null;

    /// <summary>Readers of the objects of an array; elements that are no objects are faults and are left out.</summary>
    public IReadOnlyList<HoconReader>? Objects(string key) => Elements<HoconReader, HoconObject>(
        key, Converters.Object, (value, path) => new HoconReader(value, path, _faults));

    /// <summary>The strings of an array; elements that are no strings are faults and are left out.</summary>
    public IReadOnlyList<string>? Strings(string key) => Elements<string, string>(key, Converters.String, (value, _) => value);

    /// <summary>Makes a missing key a fault; tells whether it is there.</summary>
    public bool Require(string key)
    {
        if (!Has(key))
            _faults.Add(new HoconFault(Value.Origin, Path.Then(key).ToString(), "found nothing; this setting is required"));
        return Has(key);
    }

    /// <summary>Makes every key that is not among the known ones a fault.</summary>
    public void RefuseUnknown(params ReadOnlySpan<string> known)
    {
        foreach (var field in Value.Fields)
        {
            if (known.Contains(field.Key))
                continue;
            var names = string.Join(", ", known.ToArray());
            _faults.Add(new HoconFault(field.KeyOrigin, Path.Then(field.Key).ToString(), $"found an unknown key; allowed are {names}"));
        }
    }

    /// <summary>Adds a fault about a setting, at its value, or at this object when it is not set.</summary>
    public void Fault(string key, string message)
    {
        var at = Value.TryGetField(key, out var field) ? field.Value.Origin : Value.Origin;
        _faults.Add(new HoconFault(at, Path.Then(key).ToString(), message));
    }

    private bool Read<T>(string key, Converter<T> convert, out T result)
    {
        result = default!;
        return Value.TryGetField(key, out var field) && Convert(field.Value, Path.Then(key), convert, out result);
    }

    private bool Convert<T>(HoconValue value, HoconPath path, Converter<T> convert, out T result)
    {
        if (convert(value, out result, out var allowed))
            return true;
        _faults.Add(new HoconFault(value.Origin, path.ToString(), HoconObject.Problem(value, allowed)));
        return false;
    }

    private List<T>? Elements<T, TElement>(string key, Converter<TElement> convert, Func<TElement, HoconPath, T> select)
    {
        if (!Read<HoconArray>(key, Converters.Array, out var array))
            return null;
        var elements = new List<T>();
        for (var i = 0; i < array.Count; i++)
        {
            var path = Path.Then(key).Then(i);
            if (Convert(array[i], path, convert, out var element))
                elements.Add(select(element, path));
        }

        return elements;
    }
}
