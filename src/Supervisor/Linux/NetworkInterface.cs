using System.Buffers.Binary;
using System.Text;

namespace VmSupervisor.Linux;

/// <summary>A network interface of this host, as it was found.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Index">The kernel's number for it.</param>
/// <param name="Mtu">Bytes of payload in a frame.</param>
/// <param name="Kind"><c>bridge</c>, <c>tun</c>, …; empty for hardware.</param>
/// <param name="Master">The index of what it is a port of; 0 for nothing.</param>
/// <param name="FiltersVlans">Whether it is a bridge that minds VLANs.</param>
/// <param name="DefaultVlan">The VLAN that such a bridge gives every new port; 0 for none.</param>
internal sealed record NetworkInterface(string Name, int Index, int Mtu, string Kind, int Master, bool FiltersVlans, int DefaultVlan)
{
    private const byte Bridge = 7;
    private const uint IsUp = 1;
    private const ushort KindAttribute = 1, DataAttribute = 2, VlanFiltering = 7, DefaultVlanAttribute = 39;
    private const ushort VlanInformation = 2;

    /// <summary>The interface of this name; null when there is none.</summary>
    /// <exception cref="IOException">It could not be told.</exception>
    public static NetworkInterface? Find(string name)
    {
        Dictionary<ushort, byte[]> found;
        try
        {
            found = new Netlink(Netlink.GetLink).Add(Netlink.Interface.Name, name).Send($"cannot look for the interface {name}");
        }
        catch (IOException e) when (e.HResult == LibC.NoDevice)
        {
            return null;
        }

        var information = Netlink.Attributes(found.GetValueOrDefault(Netlink.Interface.Information));
        var kind = Encoding.UTF8.GetString(information.GetValueOrDefault(KindAttribute) ?? []).TrimEnd('\0');
        var bridge = Netlink.Attributes(kind == "bridge" ? information.GetValueOrDefault(DataAttribute) : null);
        return new(
            name,
            Number(found, Netlink.Interface.Index),
            Number(found, Netlink.Interface.Mtu),
            kind,
            Number(found, Netlink.Interface.Master),
            bridge.GetValueOrDefault(VlanFiltering) is [1, ..],
            bridge.GetValueOrDefault(DefaultVlanAttribute) is { Length: >= 2 } vlan ? BinaryPrimitives.ReadUInt16LittleEndian(vlan) : 0);
    }

    /// <summary>Sets what can be set while it is down.</summary>
    /// <param name="mtu">Bytes of payload.</param>
    /// <param name="address">Its own hardware address, 6 bytes.</param>
    /// <param name="alias">What it is for, for a person.</param>
    public void Configure(int mtu, ReadOnlySpan<byte> address, string alias) => new Netlink(Netlink.SetLink, index: Index)
        .Add(Netlink.Interface.Address, address)
        .Add(Netlink.Interface.Mtu, mtu)
        .Add(Netlink.Interface.Alias, Encoding.UTF8.GetBytes(alias))
        .Send($"cannot configure the interface {Name}");

    /// <summary>Makes it a port of a bridge.</summary>
    public void Attach(NetworkInterface bridge) => new Netlink(Netlink.SetLink, index: Index)
        .Add(Netlink.Interface.Master, bridge.Index)
        .Send($"cannot attach {Name} to {bridge.Name}");

    /// <summary>
    /// Makes a port of a bridge an untagged member of one VLAN and of no other, whatever the bridge had given it.
    /// </summary>
    public void SetVlan(int vlan, int defaultVlan)
    {
        VlanMessage(Netlink.SetLink, Index, vlan, isUntaggedMember: true).Send($"cannot make {Name} a member of VLAN {vlan}");
        if (defaultVlan != 0 && defaultVlan != vlan)
            VlanMessage(Netlink.DeleteLink, Index, defaultVlan, isUntaggedMember: false).Send($"cannot take {Name} out of VLAN {defaultVlan}");
    }

    /// <summary>Lets frames pass.</summary>
    public void SetUp() => new Netlink(Netlink.SetLink, index: Index, flags: IsUp, change: IsUp).Send($"cannot set {Name} up");

    /// <summary>Deletes the interface of this name, whoever has it open; false when there is none.</summary>
    /// <exception cref="IOException">It could not be deleted.</exception>
    public static bool Delete(string name)
    {
        try
        {
            new Netlink(Netlink.DeleteLink).Add(Netlink.Interface.Name, name).Send($"cannot delete the interface {name}");
            return true;
        }
        catch (IOException e) when (e.HResult == LibC.NoDevice)
        {
            return false;
        }
    }

    internal static Netlink VlanMessage(ushort type, int index, int vlan, bool isUntaggedMember)
    {
        const ushort untaggedMember = 2 | 4;
        Span<byte> nested = stackalloc byte[8];
        BinaryPrimitives.WriteUInt16LittleEndian(nested, 8);
        BinaryPrimitives.WriteUInt16LittleEndian(nested[2..], VlanInformation);
        BinaryPrimitives.WriteUInt16LittleEndian(nested[4..], isUntaggedMember ? untaggedMember : (ushort)0);
        BinaryPrimitives.WriteUInt16LittleEndian(nested[6..], (ushort)vlan);
        return new Netlink(type, Bridge, index).Add(Netlink.Interface.FamilySpecific, nested);
    }

    private static int Number(Dictionary<ushort, byte[]> attributes, ushort attribute) =>
        attributes.GetValueOrDefault(attribute) is { Length: 4 } bytes ? BinaryPrimitives.ReadInt32LittleEndian(bytes) : 0;
}
