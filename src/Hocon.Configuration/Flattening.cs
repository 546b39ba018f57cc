using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace VmSupervisor.Hocon.Configuration;

/// <summary>A tree as keys that name each leaf by its whole path.</summary>
internal sealed class Flattening
{
    private readonly Dictionary<string, string?> flat = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, HoconOrigin> origins = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<HoconFault> faults = [];

    private Flattening() { }

    /// <exception cref="HoconException">Two leaves have one key for a configuration.</exception>
    public static Dictionary<string, string?> Of(HoconObject root)
    {
        var flattening = new Flattening();
        flattening.Fields("", root);
        return flattening.faults.Count == 0 ? flattening.flat : throw new HoconException(flattening.faults);
    }

    private void Fields(string prefix, HoconObject value)
    {
        foreach (var field in value.Fields)
            Value(prefix.Length == 0 ? field.Key : ConfigurationPath.Combine(prefix, field.Key), field.Value, field.KeyOrigin);
    }

    private void Value(string key, HoconValue value, HoconOrigin origin)
    {
        switch (value)
        {
            case HoconObject { Fields.Count: > 0 } fields:
                Fields(key, fields);
                break;
            case HoconArray { Count: > 0 } items:
                for (var i = 0; i < items.Count; i++)
                    Value(ConfigurationPath.Combine(key, i.ToString(CultureInfo.InvariantCulture)), items[i], items[i].Origin);
                break;
            case HoconScalar and not HoconNull:
                Leaf(key, ((HoconScalar)value).Text, origin);
                break;
            case HoconArray:
                Leaf(key, "", origin);
                break;
            default:
                Leaf(key, null, origin);
                break;
        }
    }

    private void Leaf(string key, string? text, HoconOrigin origin)
    {
        if (flat.TryAdd(key, text))
            origins.Add(key, origin);
        else
            faults.Add(new HoconFault(origin, key, $"found twice, the first at {origins[key]}: configuration keys do not tell upper from lower case, nor ':' from nesting"));
    }
}
