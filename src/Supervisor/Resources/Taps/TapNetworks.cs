using System.Text.Json.Nodes;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Linux;

namespace VmSupervisor.Resources.Taps;

/// <summary>Tap devices on bridges of the host.</summary>
/// <remarks>
/// QEMU running as root makes a tap device that does not exist by itself, on no bridge, and says nothing; so it is made
/// here, whole, before. Its name is the same in every life, and there is one life at a time: one that is found was left
/// by a start that failed, and is made anew, since its flags may not be those wanted now.
/// </remarks>
internal sealed class TapNetworks : INetworkKind
{
    private const string VhostDevice = "/dev/vhost-net";

    public string Type => NicType.Tap;

    public Task<NetworkBackEnd> AcquireAsync(NetworkRequest request, CancellationToken cancellationToken)
    {
        var bridge = FindBridge(request.Nic);
        var name = TapName.Of(request.Owner, request.Place);
        try
        {
            NetworkInterface.Delete(name);
            TapDevice.Create(name, request.Nic.Queues > 1);
            var tap = NetworkInterface.Find(name) ?? throw new IOException($"the tap device {name} was made and is gone");
            var owner = request.Owner;
            tap.Configure(request.Nic.Mtu ?? bridge.Mtu, TapName.AddressOf(owner, request.Place), $"vmsup {owner.Node} vm {owner.Vm} net{request.Place}");
            tap.Attach(bridge);

            // Before it is up: a guest must not be heard in another VLAN, not for a moment.
            if (request.Nic.Vlan is { } vlan)
                tap.SetVlan(vlan, bridge.DefaultVlan);
            tap.SetUp();
        }
        catch (IOException e)
        {
            throw new ResourceException(Explain(e), e);
        }

        return Task.FromResult(BackEnd(name, request.Nic));
    }

    public Task ReleaseAsync(NetworkRequest request, CancellationToken cancellationToken)
    {
        try
        {
            NetworkInterface.Delete(TapName.Of(request.Owner, request.Place));
            return Task.CompletedTask;
        }
        catch (IOException e)
        {
            throw new ResourceException(Explain(e), e);
        }
    }

    public Task<NetworkBackEnd?> LookAsync(NetworkRequest request, CancellationToken cancellationToken)
    {
        var name = TapName.Of(request.Owner, request.Place);
        try
        {
            var isThere = NetworkInterface.Find(name) is { Master: not 0 and var master } && NetworkInterface.Find(request.Nic.Bridge!)?.Index == master;
            return Task.FromResult(isThere ? BackEnd(name, request.Nic) : null);
        }
        catch (IOException e)
        {
            throw new ResourceException(Explain(e), e);
        }
    }

    /// <exception cref="ResourceException">There is no bridge as the interface needs it.</exception>
    public static void Check(NicDefinition nic) => FindBridge(nic);

    private static NetworkInterface FindBridge(NicDefinition nic)
    {
        NetworkInterface? found;
        try
        {
            found = NetworkInterface.Find(nic.Bridge!);
        }
        catch (IOException e)
        {
            throw new ResourceException(Explain(e), e);
        }

        return found switch
        {
            null => throw new ResourceException($"there is no bridge {nic.Bridge} on this host (ip link add {nic.Bridge} type bridge)"),
            { Kind: not "bridge" } => throw new ResourceException($"{nic.Bridge} is no bridge, but {(found.Kind.Length > 0 ? $"a {found.Kind} device" : "a network card")}"),
            { FiltersVlans: false } when nic.Vlan is not null => throw new ResourceException(
                $"VLAN {nic.Vlan} was asked for, and the bridge {nic.Bridge} does not mind VLANs (ip link set {nic.Bridge} type bridge vlan_filtering 1)"),
            _ when nic.Mtu > found.Mtu => throw new ResourceException($"an MTU of {nic.Mtu} was asked for, and the bridge {nic.Bridge} has {found.Mtu}"),
            _ => found,
        };
    }

    /// <summary>What QEMU is given of a tap device that is there.</summary>
    internal static NetworkBackEnd BackEnd(string name, NicDefinition nic)
    {
        var properties = new JsonObject
        {
            ["type"] = "tap",
            ["ifname"] = name,
            ["script"] = "no",
            ["downscript"] = "no",
            ["vhost"] = IsVhostThere(),
        };
        if (nic.Queues > 1)
            properties["queues"] = nic.Queues;
        return new(properties);
    }

    /// <summary>Opening is the proof: the file may be there without its module, or for others only.</summary>
    private static bool IsVhostThere()
    {
        try
        {
            using var _ = FileDescriptor.Open(VhostDevice, LibC.OpenReadWrite);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static string Explain(IOException e) => e.HResult == LibC.NotPermitted
        ? $"{e.Message} (tap devices need root, or the capability CAP_NET_ADMIN)"
        : e.Message;
}
