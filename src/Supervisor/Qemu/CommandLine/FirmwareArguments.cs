using System.Text.Json.Nodes;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Qemu.CommandLine;

/// <summary>UEFI: its code, which all guests share, and the VM's own variables.</summary>
internal static class FirmwareArguments
{
    private const string Code = "firmware";
    private const string Variables = "nvram";

    public static IEnumerable<string> Of(LaunchPlan plan) => plan.Definition.Firmware != Firmware.Uefi
        ? []
        :
        [
            "-blockdev", QemuValue.Json(Flash(Code, FilesOf(plan).Code, isReadonly: true)),
            "-blockdev", QemuValue.Json(Flash(Variables, FilesOf(plan).Variables, isReadonly: false)),
        ];

    /// <summary>What the machine's option says of it.</summary>
    public static string MachineOptions(VmDefinition definition) =>
        definition.Firmware == Firmware.Uefi ? $",pflash0={Code},pflash1={Variables}" : "";

    private static UefiFiles FilesOf(LaunchPlan plan) =>
        plan.Uefi ?? throw new InvalidOperationException("the plan of a guest with UEFI has no files of it");

    private static JsonObject Flash(string name, string path, bool isReadonly) => new()
    {
        ["node-name"] = name,
        ["driver"] = "raw",
        ["read-only"] = isReadonly,
        ["file"] = new JsonObject { ["driver"] = "file", ["filename"] = path, ["read-only"] = isReadonly },
    };
}
