namespace VmSupervisor.Hocon.Syntax;

/// <summary>One reading of a configuration: what its files share.</summary>
internal sealed class Reading(HoconOptions options)
{
    private readonly Stack<string> _files = new();

    public HoconOptions Options { get; } = options;

    public List<HoconFault> Faults { get; } = [];

    public void Fault(HoconOrigin origin, string message, string key = "") => Faults.Add(new HoconFault(origin, key, message));

    public void ThrowIfFaulty()
    {
        if (Faults.Count > 0)
            throw new HoconException(Faults);
    }

    /// <summary>The root of a source, or null when it has a fault, which is then recorded.</summary>
    public Node? Read(HoconSource source)
    {
        try
        {
            return source switch
            {
                HoconText text => Read(text, [], Bases.None),
                HoconSetting setting => SettingParser.Parse(setting, this),
                _ => throw new InvalidOperationException($"unknown source {source.GetType()}"),
            };
        }
        catch (HoconException faulty)
        {
            Faults.AddRange(faulty.Faults);
            return null;
        }
    }

    /// <summary>The fields that an include statement stands for.</summary>
    public IReadOnlyList<FieldNode> Include(IncludeStatement statement, IReadOnlyList<string> path, Bases bases)
    {
        if (Options.Includes is not { } includes)
            throw new HoconException(statement.Origin, "found an include; this text is read without includes");
        if (_files.Count >= Options.MaxDepth)
            throw new HoconException(statement.Origin, $"found includes nested more than {Options.MaxDepth} deep");

        try
        {
            var found = includes.Find(statement.Name, statement.Origin.File);
            if (found.Count == 0 && statement.Required)
                Fault(statement.Origin, $"found no file {HoconRenderer.Quote(statement.Name)}; it is required");
            return [.. found.SelectMany(text => Included(text, statement, path, bases))];
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or ArgumentException)
        {
            Fault(statement.Origin, $"cannot read {HoconRenderer.Quote(statement.Name)}: {failed.Message}");
        }
        catch (HoconException faulty)
        {
            Faults.AddRange(faulty.Faults);
        }

        return [];
    }

    private IReadOnlyList<FieldNode> Included(HoconText text, IncludeStatement statement, IReadOnlyList<string> path, Bases bases)
    {
        if (_files.Contains(text.FileName))
        {
            Fault(statement.Origin, $"found an include of {text.FileName}, which is being included here: a cycle");
            return [];
        }

        if (Read(text, path, bases) is ObjectNode root)
            return root.Fields;
        Fault(statement.Origin, $"found an array in {text.FileName}; an included file must hold an object");
        return [];
    }

    private Node Read(HoconText text, IReadOnlyList<string> path, Bases bases)
    {
        _files.Push(text.FileName);
        try
        {
            return new Parser(text, this, path, bases).ParseRoot();
        }
        finally
        {
            _files.Pop();
        }
    }
}

/// <summary><c>include "name"</c>.</summary>
internal sealed record IncludeStatement(HoconOrigin Origin, string Name, bool Required);
