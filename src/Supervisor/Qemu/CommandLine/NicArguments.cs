using System.Text.Json.Nodes;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Text;
using static VmSupervisor.Qemu.CommandLine.DeviceArguments;

namespace VmSupervisor.Qemu.CommandLine;

/// <summary>Network interfaces: a back end, and a virtio device in front of it.</summary>
internal static class NicArguments
{
    public static IEnumerable<string> Of(LaunchPlan plan) => plan.Definition.Nics.SelectMany((nic, place) => Nic(plan, nic, place));

    private static IEnumerable<string> Nic(LaunchPlan plan, NicDefinition nic, int place)
    {
        var backEnd = BackEnd(plan, nic, place);
        backEnd["id"] = Text($"net{place}");
        return
        [
            "-netdev", QemuValue.Json(backEnd),
            "-device", QemuValue.Json(Front(plan, nic, place)),
        ];
    }

    private static JsonObject BackEnd(LaunchPlan plan, NicDefinition nic, int place) => nic.Type == NicType.User
        ? User(nic)
        : plan.BackEnds.Network(place)?.DeepClone().AsObject()
            ?? throw new InvalidOperationException($"nothing was acquired for the interface at place {place}, of type {nic.Type}");

    private static JsonObject User(NicDefinition nic)
    {
        var backEnd = new JsonObject { ["type"] = "user" };
        if (nic.Forward.Count > 0)
            backEnd["hostfwd"] = new JsonArray([.. nic.Forward.Select(forward => new JsonObject { ["str"] = RuleOf(forward) })]);
        return backEnd;
    }

    private static string RuleOf(PortForward forward) =>
        Text($"{EnumNames<ForwardProtocol>.Of(forward.Protocol)}:{forward.Address}:{forward.Port}-:{forward.GuestPort}");

    private static JsonObject Front(LaunchPlan plan, NicDefinition nic, int place)
    {
        var device = new JsonObject
        {
            ["driver"] = "virtio-net-pci",
            ["netdev"] = Text($"net{place}"),
            ["id"] = IdOf(place),
            ["mac"] = nic.Mac ?? StableIds.MacAddress(plan.Node, plan.Definition.Id, place),
        }.At(PciAddresses.Nic(place));
        if (nic.Queues > 1)
        {
            // An interrupt for each direction of each pair, one for the control queue, one for changes of the configuration.
            device["mq"] = true;
            device["vectors"] = (2 * nic.Queues) + 2;
        }

        if (nic.Mtu is { } mtu)
            device["host_mtu"] = mtu;
        if (BootOrder.Of(plan.Definition, Text($"net{place}"), unlessTold: null) is { } number)
            device["bootindex"] = number;
        return device;
    }

    /// <summary>The name of the interface at a place, for the monitor.</summary>
    public static string IdOf(int place) => Text($"nic{place}");
}
