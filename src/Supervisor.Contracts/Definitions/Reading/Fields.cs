using System.Text.Json;
using VmSupervisor.Contracts.Text;

namespace VmSupervisor.Contracts.Definitions.Reading;

/// <summary>
/// One object of a definition: hands out its values, remembers which keys are known, collects what is wrong. A value
/// that is missing, null or wrong comes out as null; a wrong one has been reported by then.
/// </summary>
internal sealed class Fields
{
    private readonly Dictionary<string, JsonElement> values = new(StringComparer.Ordinal);
    private readonly List<string> known = [];
    private readonly List<DefinitionFault> faults;
    private readonly string path;

    private Fields(JsonElement element, string path, List<DefinitionFault> faults)
    {
        this.path = path;
        this.faults = faults;
        foreach (var property in element.EnumerateObject())
        {
            if (NameOf(property) is not { } name)
                faults.Add(new(path.Length == 0 ? DefinitionReader.RootKey : path, $"a key with {Field.NoText}", "keys of whole characters"));
            else if (!values.TryAdd(name, property.Value))
                Fault(name, "the key twice", "once");
        }
    }

    /// <summary>The definition's own object; null when there is none, which has been reported then.</summary>
    public static Fields? OfVm(JsonElement root, List<DefinitionFault> faults)
    {
        const string allowed = "an object, vm { … }";
        if (root.ValueKind != JsonValueKind.Object)
        {
            faults.Add(new(DefinitionReader.RootKey, Field.Show(root), allowed));
            return null;
        }

        var fields = new Fields(root, "", faults);
        var vm = fields.Required(DefinitionReader.RootKey, allowed)?.Object(allowed);
        fields.RefuseUnknown();
        return vm;
    }

    public void Fault(string key, string found, string allowed) => faults.Add(new(PathOf(key), found, allowed));

    /// <summary>A value of this key that is there and not null.</summary>
    public Field? Find(string key)
    {
        if (!known.Contains(key))
            known.Add(key);
        return values.TryGetValue(key, out var value) && value.ValueKind != JsonValueKind.Null
            ? new Field(value, PathOf(key), faults)
            : null;
    }

    /// <summary>The same; its absence is a fault.</summary>
    public Field? Required(string key, string allowed)
    {
        var field = Find(key);
        if (field is null)
            Fault(key, "nothing", allowed);
        return field;
    }

    /// <summary>The objects of a list; empty when there is no list.</summary>
    public IEnumerable<Fields> Objects(string key, string allowed) =>
        (Find(key)?.Items(allowed) ?? []).Select(item => item.Object(allowed)).OfType<Fields>();

    /// <summary>How many items a list has, whatever they are; 0 when there is no list.</summary>
    public int CountOf(string key) => values.TryGetValue(key, out var value) && value.ValueKind == JsonValueKind.Array ? value.GetArrayLength() : 0;

    /// <summary>Names every key that nobody has asked for, with the nearest one that exists.</summary>
    public void RefuseUnknown()
    {
        foreach (var key in values.Keys.Except(known))
        {
            var nearest = NearestName.Find(key, known);
            Fault(key, DefinitionFault.UnknownKey, nearest is null ? string.Join(", ", known) : $"{nearest} (did you mean that?)");
        }
    }

    public static Fields Of(JsonElement element, string path, List<DefinitionFault> faults) => new(element, path, faults);

    private static string? NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private string PathOf(string key)
    {
        // A key with other characters is quoted as HOCON would, so that the path can be read back.
        var shown = key.Length > 0 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? key
            : JsonSerializer.Serialize(key, Json.ContractsJson.Options);
        return path.Length == 0 ? shown : $"{path}.{shown}";
    }
}
