using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Arbitraries;

/// <summary>Definitions that were valid.</summary>
internal static class DamagedDefinitions
{
    /// <summary>A definition in which these keys are wrong.</summary>
    public sealed record Damage(string Json, string[] Keys);

    // No scalar of a definition can be any of these.
    private static readonly Gen<string> Values = Gen.Elements("{}", "[]", "{\"a\":1}", "[[]]", "[null]");

    // Stands for what no JSON writer writes: half of a surrogate pair.
    private const string Half = "(half)";

    private static readonly Gen<string> Something = Gen.OneOf(
        Values,
        Gen.Elements("null", "true", "0", "-1", "1e400", "99999999999999999999", "1.5", "\"\"", $"\"{Half}\"", $"{{\"{Half}\":1}}", "{\"id\":1,\"id\":2}", "\"auto\"", "\"a\\u0000\"", "\"/\""),
        Texts.Any.Select(text => JsonSerializer.Serialize(text)));

    /// <summary>Values that are wrong wherever they stand, unknown keys, and where.</summary>
    public static readonly Gen<Damage> Wrong =
        from definition in ValidDefinitions.Any
        let leaves = Leaves(Parsed(definition)).ToArray()
        from count in Gen.Choose(1, 4)
        from places in Gen.Choose(0, leaves.Length - 1).ListOf(count)
        from values in Values.ListOf(count)
        from unknown in Gen.Elements("", "colour", "id2", "a b", "ä")
        select With(definition, places.Distinct().Select(place => leaves[place]).ToArray(), values, unknown);

    /// <summary>Any value in any place.</summary>
    public static readonly Gen<string> Any =
        from definition in ValidDefinitions.Any
        let all = All(Parsed(definition)).ToArray()
        from place in Gen.Choose(0, all.Length - 1)
        from value in Something
        select Replace(Parsed(definition), all[place], value);

    private static JsonNode Parsed(VmDefinition definition) => JsonNode.Parse(DefinitionWriter.ToJson(definition))!;

    private static IEnumerable<string> All(JsonNode node) => node switch
    {
        JsonObject fields => fields.SelectMany(field => All(field.Value!)).Append(node.GetPath()),
        JsonArray items => items.SelectMany(item => All(item!)).Append(node.GetPath()),
        _ => [node.GetPath()],
    };

    private static IEnumerable<string> Leaves(JsonNode node) => All(node).Where(path => Find(node, path) is JsonValue);

    // Paths are those of JsonNode: $.vm.disks[0].path, and a key with a hyphen in it as $.vm['cpu-flags'].
    private static JsonNode Find(JsonNode root, string path) => Steps(path).Aggregate(root, (node, step) => int.TryParse(step, out var place) && node is JsonArray ? node[place]! : node[step]!);

    private static IEnumerable<string> Steps(string path) =>
        path[1..].Replace("['", ".", StringComparison.Ordinal).Replace("']", "", StringComparison.Ordinal).Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal)
            .Split('.', StringSplitOptions.RemoveEmptyEntries);

    private static string Key(string path) => path[2..].Replace("['", ".", StringComparison.Ordinal).Replace("']", "", StringComparison.Ordinal);

    private static string Replace(JsonNode root, string path, string value)
    {
        if (path == "$")
            return value.Replace(Half, "\\ud800", StringComparison.Ordinal);
        Find(root, path).ReplaceWith("(here)");
        return root.ToJsonString().Replace("\"(here)\"", value, StringComparison.Ordinal).Replace(Half, "\\ud800", StringComparison.Ordinal);
    }

    private static Damage With(VmDefinition definition, string[] places, IReadOnlyList<string> values, string unknown)
    {
        var root = Parsed(definition);
        foreach (var (place, value) in places.Zip(values))
            Find(root, place).ReplaceWith(JsonNode.Parse(value));
        var keys = places.Select(Key).ToList();
        if (unknown.Length > 0)
        {
            root["vm"]!["startup"]![unknown] = 1;
            keys.Add(unknown.All(c => char.IsAsciiLetterOrDigit(c)) ? $"vm.startup.{unknown}" : $"vm.startup.\"{unknown}\"");
        }

        return new(root.ToJsonString(), [.. keys]);
    }
}
