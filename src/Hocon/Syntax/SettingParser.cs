namespace VmSupervisor.Hocon.Syntax;

/// <summary>Reads <c>path=value</c> of a command line.</summary>
internal static class SettingParser
{
    public static Node Parse(HoconSetting setting, Reading reading)
    {
        var (argument, file) = setting;
        var start = new HoconOrigin(file, 1, 1);
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
            throw new HoconException(start, $"found {HoconRenderer.Quote(argument)}; path=value is needed");

        var keys = HoconPath.Parse(argument[..equals], file);
        if (keys.Elements.Any(key => key.Key is null))
            throw new HoconException(start, $"found {keys}; an element of an array cannot be set alone, set the whole array");
        if (keys.Elements.Count > reading.Options.MaxDepth)
            throw new HoconException(start, $"found a path of more than {reading.Options.MaxDepth} elements");

        var raw = argument[(equals + 1)..];
        var value = raw is ['[' or '{' or '"', ..]
            ? new Parser(new HoconText(new string(' ', equals + 1) + raw, file), reading, [.. keys.Elements.Select(key => key.Key!)], Bases.None)
                .ParseWholeValue()
            : new ScalarNode(new HoconString(raw, start with { Column = equals + 2 }));
        foreach (var element in keys.Elements.Reverse())
            value = new ObjectNode(start, [new FieldNode(element.Key!, start, value)]);
        return value;
    }
}
