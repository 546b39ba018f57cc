using System.Text.Json.Nodes;

namespace VmSupervisor.Supervisor.Tests.Qemu.CommandLine;

/// <summary>A command line, taken to pieces as QEMU does it.</summary>
internal static class AsQemuReads
{
    /// <summary>Each argument.</summary>
    public static JsonNode[] All(IReadOnlyList<string> arguments) =>
        [.. arguments.Select((argument, place) => Parse(place == 0 ? "" : arguments[place - 1], argument))];

    /// <summary>The values of an option that are objects, in their order.</summary>
    public static IEnumerable<JsonObject> Of(string option, IReadOnlyList<string> arguments) =>
        All(arguments).Where((_, place) => place > 0 && arguments[place - 1] == option).OfType<JsonObject>();

    /// <summary>How QEMU reads an argument depends on the option before it.</summary>
    private static JsonNode Parse(string option, string argument) => option switch
    {
        "-device" or "-blockdev" or "-netdev" or "-object" when argument.StartsWith('{') => JsonNode.Parse(argument)!,
        "-name" or "-machine" or "-chardev" or "-mon" or "-smp" or "-cpu" or "-action" => Options(argument),
        _ => JsonValue.Create(argument),
    };

    /// <summary>As QEMU's own parser (<c>opts_do_parse</c>): a comma ends a value, two are one; what has no key comes first.</summary>
    private static JsonObject Options(string argument)
    {
        var options = new JsonObject();
        for (var at = 0; at < argument.Length; at++)
        {
            var end = argument.AsSpan(at).IndexOfAny('=', ',');
            var key = $"({options.Count})";
            if (end >= 0 && argument[at + end] == '=')
            {
                key = argument.Substring(at, end);
                at += end + 1;
            }

            var value = "";
            for (; at < argument.Length && (argument[at] != ',' || (at + 1 < argument.Length && argument[at + 1] == ',')); at++)
            {
                value += argument[at];
                at += argument[at] == ',' ? 1 : 0;
            }

            options.Add(key, value);
        }

        return options;
    }
}
