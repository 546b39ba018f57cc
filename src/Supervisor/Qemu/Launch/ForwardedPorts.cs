using System.Net;
using System.Net.Sockets;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Text;

namespace VmSupervisor.Qemu.Launch;

/// <summary>
/// Whether the ports that user networks forward can be had. QEMU only says that it could not set up a rule; and of two
/// that forward the same UDP port it refuses neither.
/// </summary>
internal static class ForwardedPorts
{
    /// <summary>Why one of them cannot be had, for a person; null when all can.</summary>
    public static string? WhyNot(VmDefinition definition)
    {
        foreach (var (place, nic) in definition.Nics.Index())
        {
            foreach (var forward in nic.Forward)
            {
                if (WhyNot(forward) is { } why)
                    return FormattableString.Invariant($"net{place}: port {forward.Port} of {forward.Address} ({EnumNames<ForwardProtocol>.Of(forward.Protocol)}) {why}");
            }
        }

        return null;
    }

    private static string? WhyNot(PortForward forward)
    {
        var isTcp = forward.Protocol == ForwardProtocol.Tcp;
        using var trial = isTcp
            ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            trial.Bind(new IPEndPoint(IPAddress.Parse(forward.Address), forward.Port));
            return null;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => FormattableString.Invariant($"is taken (ss -{(isTcp ? "t" : "u")}lnp 'sport = :{forward.Port}' says by whom)"),
                SocketError.AccessDenied => "may not be used by this daemon (ports below 1024 need root, or the capability CAP_NET_BIND_SERVICE)",
                SocketError.AddressNotAvailable => "cannot be had: this host has no such address",
                _ => $"cannot be had: {e.Message}",
            };
        }
    }
}
