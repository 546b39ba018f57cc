using System.Text.Json;
using VmSupervisor.Contracts.Json;

namespace VmSupervisor.Contracts.Definitions;

/// <summary>One key in which two definitions of a VM differ.</summary>
/// <param name="Key">The key: <c>vm.disks[0].cache</c>.</param>
/// <param name="Running">What the life that runs was started with; null when it has no such key.</param>
/// <param name="Next">What the next one will be started with; null when it has no such key.</param>
public sealed record DefinitionChange(string Key, string? Running, string? Next);

/// <summary>Compares definitions key by key.</summary>
public static class DefinitionDiff
{
    /// <summary>What differs, in the order in which definitions are written; empty when nothing does.</summary>
    public static ValueList<DefinitionChange> Between(VmDefinition running, VmDefinition next)
    {
        if (running == next)
            return [];
        var before = Flatten(running);
        var after = Flatten(next);
        return KeysOf(before, after)
            .Select(key => new DefinitionChange(key, before.GetValueOrDefault(key), after.GetValueOrDefault(key)))
            .Where(change => change.Running != change.Next)
            .ToValueList();
    }

    /// <summary>The keys of the next one in their order; those that it has no more stand where they stood.</summary>
    private static List<string> KeysOf(OrderedDictionary<string, string> before, OrderedDictionary<string, string> after)
    {
        var keys = after.Keys.ToList();
        var at = 0;
        foreach (var key in before.Keys)
        {
            if (after.ContainsKey(key))
                at = keys.IndexOf(key) + 1;
            else
                keys.Insert(at++, key);
        }

        return keys;
    }

    private static OrderedDictionary<string, string> Flatten(VmDefinition definition)
    {
        var flat = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        var vm = JsonSerializer.SerializeToElement(definition, ContractsJson.Options).GetProperty(DefinitionReader.RootKey);
        Add(flat, DefinitionReader.RootKey, vm);
        return flat;
    }

    private static void Add(OrderedDictionary<string, string> flat, string key, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in value.EnumerateObject())
                    Add(flat, $"{key}.{property.Name}", property.Value);
                break;
            case JsonValueKind.Array:
                foreach (var (place, item) in value.EnumerateArray().Index())
                    Add(flat, $"{key}[{place}]", item);
                break;
            case JsonValueKind.String:
                flat.Add(key, value.GetString()!);
                break;
            default:
                flat.Add(key, value.GetRawText());
                break;
        }
    }
}
