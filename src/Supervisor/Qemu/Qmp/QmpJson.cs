using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace VmSupervisor.Qemu.Qmp;

/// <summary>
/// Reads fields of what a peer sent without trusting it: what is missing, of another kind or not valid UTF-8 is
/// absent, never an exception.
/// </summary>
internal static class QmpJson
{
    private const int ExcerptLength = 80;

    public static bool TryParse(ReadOnlySpan<byte> line, out JsonElement element)
    {
        try
        {
            element = JsonElement.Parse(line);
            return element.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            element = default;
            return false;
        }
    }

    public static bool TryField(this JsonElement element, string name, out JsonElement value)
    {
        value = default;
        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out value);
    }

    public static bool TryText(this JsonElement element, string name, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (!element.TryField(name, out var value) || value.ValueKind != JsonValueKind.String)
            return false;
        try
        {
            text = value.GetString();
            return text is not null;
        }
        catch (InvalidOperationException)
        {
            // The parser checks the grammar; whether a string is valid UTF-8 shows only when it is read.
            return false;
        }
    }

    public static bool TryNumber(this JsonElement element, string name, out long number)
    {
        number = 0;
        return element.TryField(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out number);
    }

    public static bool TryFlag(this JsonElement element, string name, out bool flag)
    {
        flag = false;
        if (!element.TryField(name, out var value) || value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            return false;
        flag = value.GetBoolean();
        return true;
    }

    /// <summary>The beginning of what a peer sent, fit for a log line.</summary>
    public static string Excerpt(ReadOnlySpan<byte> bytes) =>
        Excerpt(Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, ExcerptLength + 1)]));

    /// <summary>The beginning of what a peer sent, fit for a log line.</summary>
    public static string Excerpt(string? text, int length = ExcerptLength)
    {
        text ??= "";
        var shown = new StringBuilder(text.Length <= length ? text : text[..length] + "…");
        for (var i = 0; i < shown.Length; i++)
        {
            if (char.IsControl(shown[i]))
                shown[i] = '?';
        }

        return shown.ToString();
    }
}
