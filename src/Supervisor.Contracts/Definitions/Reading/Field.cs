using System.Globalization;
using System.Text.Json;
using VmSupervisor.Contracts.Text;

namespace VmSupervisor.Contracts.Definitions.Reading;

/// <summary>
/// One value of a definition and where it stands. Scalars convert as in HOCON (<c>"2"</c> is a number where a number is
/// wanted): what comes out of an environment variable is always a string.
/// </summary>
internal sealed class Field(JsonElement value, string path, List<DefinitionFault> faults)
{
    private const int LongestShown = 60;
    private const int LongestKind = 32;

    public string Path => path;

    public void Fault(string allowed) => Fault(Show(value), allowed);

    public void Fault(string found, string allowed) => faults.Add(new(path, found, allowed));

    /// <summary>The text of a scalar; null for a list or an object.</summary>
    public string? Scalar => value.ValueKind switch
    {
        JsonValueKind.String => TextOf(value),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };

    public string? Text(string allowed, Func<string, bool>? isAllowed = null)
    {
        // NUL ends an argument: QEMU would see another text than the one that was checked.
        if (Scalar is { } text && !text.Contains('\0') && (isAllowed is null || isAllowed(text)))
            return text;
        Fault(allowed);
        return null;
    }

    public long? Whole(long least, long most)
    {
        if (long.TryParse(Scalar, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        Fault(string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}"));
        return null;
    }

    public bool? Flag()
    {
        switch (Scalar)
        {
            case "true" or "yes" or "on":
                return true;
            case "false" or "no" or "off":
                return false;
            default:
                Fault("true, false");
                return null;
        }
    }

    public T? Member<T>()
        where T : struct, Enum
    {
        if (EnumNames<T>.TryParse(Scalar, out var member))
            return member;
        Fault(string.Join(", ", EnumNames<T>.All));
        return null;
    }

    /// <summary>One of the kinds that every node knows, or one with the prefix of those that an embedder adds.</summary>
    public string? Kind(string ownPrefix, params string[] known) => Text(
        $"{string.Join(", ", known)}, or {ownPrefix}NAME of a kind that this node was given",
        text => known.Contains(text) || (text.Length > ownPrefix.Length && text.Length <= LongestKind
            && text.StartsWith(ownPrefix, StringComparison.Ordinal) && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')));

    public string? AbsolutePath() =>
        Text("an absolute path", text => text.StartsWith('/') && !text.Contains('\n'));

    public IEnumerable<Field> Items(string allowed)
    {
        if (value.ValueKind == JsonValueKind.Array)
            return value.EnumerateArray().Select((item, index) => new Field(item, $"{path}[{index}]", faults));
        Fault(allowed);
        return [];
    }

    public Fields? Object(string allowed)
    {
        if (value.ValueKind == JsonValueKind.Object)
            return Fields.Of(value, path, faults);
        Fault(allowed);
        return null;
    }

    /// <summary>What <see cref="Show(JsonElement)"/> says of a text that is none: JSON can name half of a character.</summary>
    public const string NoText = "half of a surrogate pair";

    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            // The parser checks the grammar; that an escape names half of a character shows only when the text is read.
            return null;
        }
    }

    public static string Show(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.Null => "null",
        JsonValueKind.String => TextOf(value) is { } text ? Show(text) : NoText,
        _ => Show(value.GetRawText()),
    };

    private static string Show(string text)
    {
        if (text.Length > LongestShown)
            text = string.Concat(text.AsSpan(0, LongestShown), "…");
        return text.Length == 0 || text.Any(c => char.IsControl(c) || c == '"') || text != text.Trim()
            ? JsonSerializer.Serialize(text, Json.ContractsJson.Options)
            : text;
    }
}
