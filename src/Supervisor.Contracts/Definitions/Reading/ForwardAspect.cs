using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace VmSupervisor.Contracts.Definitions.Reading;

/// <summary>Ports of the host that lead into guests.</summary>
internal static class ForwardAspect
{
    private const string Allowed = "a list of ports, [ { port = 2222, guest-port = 22 } ]";
    private const string AllowedAddress = "an IPv4 address of this host, such as 127.0.0.1, or 0.0.0.0 for all";
    private const string AnyAddress = "0.0.0.0";

    /// <summary>Those of one interface; <paramref name="earlier"/> are those of the VM's interfaces before it.</summary>
    public static ValueList<PortForward> Read(Fields nic, string type, IEnumerable<PortForward> earlier)
    {
        if (type != NicType.User)
        {
            nic.Find("forward")?.Fault($"forward on a nic of type {type}", "no forward (type = user has it; others reach the guest by its own address)");
            return [];
        }

        var taken = earlier.ToList();
        var forwards = new List<PortForward>();
        foreach (var fields in nic.Objects("forward", Allowed))
        {
            if (ReadOne(fields) is not { } forward)
                continue;
            if (taken.Any(other => Collide(other, forward)))
                fields.Fault("port", string.Create(CultureInfo.InvariantCulture, $"{forward.Port} twice"), "each port of the host once");
            taken.Add(forward);
            forwards.Add(forward);
        }

        return forwards.ToValueList();
    }

    private static PortForward? ReadOne(Fields forward)
    {
        var protocol = forward.Find("protocol")?.Member<ForwardProtocol>() ?? ForwardProtocol.Tcp;
        var address = forward.Find("address")?.Text(AllowedAddress, IsAddress) ?? PortForward.DefaultAddress;
        var port = ReadPort(forward, "port");
        var guestPort = ReadPort(forward, "guest-port");
        forward.RefuseUnknown();
        return port is null || guestPort is null
            ? null
            : new PortForward { Protocol = protocol, Address = address, Port = (int)port, GuestPort = (int)guestPort };
    }

    private static long? ReadPort(Fields forward, string key) => forward.Required(key, "a whole number from 1 to 65535")?.Whole(1, 65535);

    // In full: the short forms that inet_aton takes (127.1) say different things to different programs.
    private static bool IsAddress(string text) =>
        IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetwork && address.ToString() == text;

    private static bool Collide(PortForward one, PortForward other) =>
        (one.Protocol, one.Port) == (other.Protocol, other.Port)
        && (one.Address == other.Address || one.Address == AnyAddress || other.Address == AnyAddress);
}
