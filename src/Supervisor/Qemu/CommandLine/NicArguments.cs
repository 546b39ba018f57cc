using System.Globalization;
using System.Text.Json.Nodes;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Qemu.CommandLine;

/// <summary>Network interfaces: a back end, and a virtio device in front of it.</summary>
internal static class NicArguments
{
    public static IEnumerable<string> Of(LaunchPlan plan) => plan.Definition.Nics.SelectMany((nic, place) => Nic(plan, nic, place));

    private static IEnumerable<string> Nic(LaunchPlan plan, NicDefinition nic, int place)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"net{place}");
        return
        [
            "-netdev", QemuValue.Json(BackEnd(nic, id)),
            "-device", QemuValue.Json(new()
            {
                ["driver"] = "virtio-net-pci",
                ["netdev"] = id,
                ["id"] = string.Create(CultureInfo.InvariantCulture, $"nic{place}"),
                ["mac"] = nic.Mac ?? StableIds.MacAddress(plan, place),
            }),
        ];
    }

    private static JsonObject BackEnd(NicDefinition nic, string id) => nic.Type switch
    {
        NicType.User => new() { ["type"] = "user", ["id"] = id },
        NicType.Tap => throw new NotSupportedException("a tap interface needs a tap device, which no part of this supervisor makes"),
        _ => throw new ArgumentOutOfRangeException(nameof(nic), nic.Type, "no such type"),
    };
}
