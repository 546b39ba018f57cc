using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Qemu.CommandLine;

/// <summary>
/// What a guest knows itself by, derived from node and VM: the same for every life, different for every VM, without a
/// table to lose.
/// </summary>
internal static class StableIds
{
    // Version 5 of RFC 9562 wants a namespace of one's own; drawn once, for this program.
    private static readonly byte[] Namespace = Convert.FromHexString("8f1f2b1ed6e04d0c9a5b3f6f0c6e7a41");

    /// <summary>The machine's UUID: what its definition says, or else one of its own.</summary>
    public static Guid MachineUuid(LaunchPlan plan) =>
        plan.Definition.Uuid is { } told ? Guid.ParseExact(told, "D") : MachineUuid(plan.Node, plan.Definition.Id);

    /// <summary>The UUID of the machine that a VM was first defined as on a node.</summary>
    public static Guid MachineUuid(string node, VmId vm)
    {
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData([.. Namespace, .. Name(node, vm, "machine")], hash);
        hash[6] = (byte)((hash[6] & 0x0f) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }

    /// <summary>
    /// A definition that says what is derived otherwise, so that the guest keeps it on another node.
    /// </summary>
    public static VmDefinition Fix(VmDefinition definition, string node) => definition with
    {
        Uuid = definition.Uuid ?? MachineUuid(node, definition.Id).ToString(),
        Nics = definition.Nics.Select((nic, place) => nic.Mac is null ? nic with { Mac = MacAddress(node, definition.Id, place) } : nic).ToValueList(),
    };

    /// <summary>The hardware address of the interface at a place, in QEMU's range <c>52:54:00</c>.</summary>
    public static string MacAddress(string node, VmId vm, int place)
    {
        var hash = SHA256.HashData(Name(node, vm, string.Create(CultureInfo.InvariantCulture, $"nic/{place}")));
        var low = BinaryPrimitives.ReadUInt32BigEndian(hash);
        return string.Create(CultureInfo.InvariantCulture, $"52:54:00:{(low >> 16) & 0xff:x2}:{(low >> 8) & 0xff:x2}:{low & 0xff:x2}");
    }

    private static byte[] Name(string node, VmId vm, string what) => Encoding.UTF8.GetBytes($"{node}/{vm}/{what}");
}
