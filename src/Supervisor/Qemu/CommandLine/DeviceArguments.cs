using System.Globalization;
using System.Text.Json.Nodes;

namespace VmSupervisor.Qemu.CommandLine;

/// <summary>How devices and objects are written, the same for all aspects.</summary>
internal static class DeviceArguments
{
    public static IEnumerable<string> Device(JsonObject properties) => ["-device", QemuValue.Json(properties)];

    public static IEnumerable<string> Object(JsonObject properties) => ["-object", QemuValue.Json(properties)];

    /// <summary>Puts a device where it belongs.</summary>
    public static JsonObject At(this JsonObject device, PciAddress address)
    {
        device["addr"] = address.ToString();
        if (address is { Shared: true, Function: 0 })
            device["multifunction"] = true;
        return device;
    }

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
