using VmSupervisor.Contracts;
using VmSupervisor.Linux;
using VmSupervisor.Resources.Taps;

namespace VmSupervisor.Supervisor.Tests.Resources;

public sealed class TapNameTests
{
    [Fact]
    public void A_name_fits_an_interface_says_which_VM_and_differs_by_node_VM_and_place()
    {
        int[] ids = [1, 10, 104, 1041, 99_999_999, 100_000_000, VmId.MaxValue];
        var names = (from node in new[] { "a", "b" }
                     from id in ids
                     from place in Enumerable.Range(0, TapName.MostPlaces)
                     select TapName.Of(new(node, new VmId(id)), place)).ToArray();
        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.All(names, name => Assert.InRange(name.Length, 6, TapDevice.LongestName));
        Assert.Matches("^t104c[0-9a-v]{8}$", TapName.Of(new("a", new VmId(104)), 2));
        Assert.Equal(TapName.Of(new("a", new VmId(104)), 2), TapName.Of(new("a", new VmId(104)), 2));
        Assert.Equal(0xfe, TapName.AddressOf(new("a", new VmId(104)), 2)[0]);
    }

    /// <summary>
    /// As <c>bridge vlan add dev X vid 12 pvid untagged</c> and <c>bridge vlan del dev X vid 1</c> of iproute2 6.1 send
    /// them (strace), but for the sequence number.
    /// </summary>
    [Fact]
    public void VLAN_messages_are_those_of_iproute2()
    {
        Assert.Equal(
            "2c0000001300050001000000000000000700000009000000" + "0000000000000000" + "0c001a000800020006000c00",
            Convert.ToHexStringLower(NetworkInterface.VlanMessage(Netlink.SetLink, 9, 12, isUntaggedMember: true).ToArray()));
        Assert.Equal(
            "2c0000001100050001000000000000000700000009000000" + "0000000000000000" + "0c001a000800020000000100",
            Convert.ToHexStringLower(NetworkInterface.VlanMessage(Netlink.DeleteLink, 9, 1, isUntaggedMember: false).ToArray()));
    }
}
