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

    /// <summary>An argument of an option that takes JSON (<c>-blockdev</c>, <c>-device</c>, <c>-netdev</c>).</summary>
    public static string Json(JsonObject value) => value.ToJsonString(Plain);
}
