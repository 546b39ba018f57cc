using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace VmSupervisor.Hocon;

/// <summary>Writes values as text: HOCON that reads back as an equal value, or JSON.</summary>
public static class HoconRenderer
{
    private const int Indent = 2;

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonWriterOptions Spread =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true };

    /// <summary>
    /// HOCON as a person would write it: one field a line, no braces around the root, quotes only where needed.
    /// Numbers stand as they were read. Ends with a newline.
    /// </summary>
    public static string Render(HoconValue value)
    {
        var text = new StringBuilder();
        if (value is HoconObject root)
            AppendFields(text, root, 0);
        else
            AppendValue(text, value, 0).Append('\n');
        return text.ToString();
    }

    /// <summary>JSON, on one line or indented.</summary>
    public static string ToJson(HoconValue value, bool indented = false) => Encoding.UTF8.GetString(ToUtf8Json(value, indented));

    /// <summary>JSON in UTF-8, on one line or indented.</summary>
    public static byte[] ToUtf8Json(HoconValue value, bool indented = false)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, indented ? Spread : Compact))
            WriteJson(writer, value);
        return buffer.ToArray();
    }

    internal static string Quote(string text) =>
        $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    /// <summary>A key as an element of a path.</summary>
    internal static string Key(string key) => IsPlain(key, dots: false) ? key : Quote(key);

    private static void AppendFields(StringBuilder text, HoconObject value, int indent)
    {
        foreach (var field in value.Fields)
        {
            text.Append(' ', indent).Append(Key(field.Key));
            text.Append(field.Value is HoconObject ? " " : " = ");
            AppendValue(text, field.Value, indent).Append('\n');
        }
    }

    private static StringBuilder AppendValue(StringBuilder text, HoconValue value, int indent)
    {
        switch (value)
        {
            case HoconObject { Fields.Count: 0 }:
                return text.Append("{}");
            case HoconObject fields:
                text.Append("{\n");
                AppendFields(text, fields, indent + Indent);
                return text.Append(' ', indent).Append('}');
            case HoconArray array when array.All(item => item is HoconScalar):
                return text.Append('[').AppendJoin(", ", array.Select(item => Scalar((HoconScalar)item))).Append(']');
            case HoconArray array:
                text.Append("[\n");
                foreach (var item in array)
                    AppendValue(text.Append(' ', indent + Indent), item, indent + Indent).Append('\n');
                return text.Append(' ', indent).Append(']');
            case HoconScalar scalar:
                return text.Append(Scalar(scalar));
            default:
                throw new InvalidOperationException($"unknown value {value.GetType()}");
        }
    }

    private static string Scalar(HoconScalar scalar) =>
        scalar is HoconString && !IsPlain(scalar.Text, dots: true) ? Quote(scalar.Text) : scalar.Text;

    // Fewer than the grammar would allow: what looks like a number, a word of the language or a comment is quoted.
    private static bool IsPlain(string text, bool dots) =>
        text.Length > 0 && (char.IsAsciiLetter(text[0]) || text[0] is '/' or '_')
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' || (c is '/' or '.' && dots))
        && !text.Contains("//", StringComparison.Ordinal)
        && text is not ("true" or "false" or "null" or "include");

    private static void WriteJson(Utf8JsonWriter writer, HoconValue value)
    {
        switch (value)
        {
            case HoconObject fields:
                writer.WriteStartObject();
                foreach (var field in fields.Fields)
                {
                    writer.WritePropertyName(field.Key);
                    WriteJson(writer, field.Value);
                }

                writer.WriteEndObject();
                break;
            case HoconArray array:
                writer.WriteStartArray();
                foreach (var item in array)
                    WriteJson(writer, item);
                writer.WriteEndArray();
                break;
            case HoconString text:
                writer.WriteStringValue(text.Text);
                break;
            case HoconScalar scalar:
                writer.WriteRawValue(scalar.Text);
                break;
            default:
                throw new InvalidOperationException($"unknown value {value.GetType()}");
        }
    }
}
