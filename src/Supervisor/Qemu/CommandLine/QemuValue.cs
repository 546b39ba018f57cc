using System.Text.Json;
using System.Text.Json.Nodes;

namespace VmSupervisor.Qemu.CommandLine;

/// <summary>Writes values so that QEMU reads what was meant.</summary>
internal static class QemuValue
{
    // No escaping for HTML: QEMU's reader takes UTF-8, and a person reads it in ps.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A value within <c>key=value,key=value</c>: a comma is written twice.</summary>
    public static string Escape(string value) => value.Replace(",", ",,", StringComparison.Ordinal);

    /// <summary>
    /// A value where nothing can be escaped: <c>-cpu</c> is split at every comma, doubled or not, and what <c>-machine</c>
    /// begins with is another option's name if it has an equal sign.
    /// </summary>
    /// <exception cref="ArgumentException">It has a character at which QEMU would split, which no definition gets past its reader.</exception>
    public static string Word(string value) => value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
        ? value
        : throw new ArgumentException($"'{value}' cannot be written for QEMU: allowed are letters, digits and . _ -", nameof(value));

    /// <summary>An argument of an option that takes JSON (<c>-blockdev</c>, <c>-device</c>, <c>-netdev</c>).</summary>
    public static string Json(JsonObject value) => value.ToJsonString(Plain);
}
