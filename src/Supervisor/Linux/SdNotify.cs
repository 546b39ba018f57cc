using System.Net.Sockets;
using System.Text;

namespace VmSupervisor.Linux;

/// <summary>Tells systemd how the service is (<c>sd_notify</c>); does nothing where there is no systemd.</summary>
/// <param name="address">The value of <c>NOTIFY_SOCKET</c>: a path, or an abstract name after <c>@</c>.</param>
internal sealed class SdNotify(string? address)
{
    /// <summary>The service is up: all VMs are recovered.</summary>
    public bool Ready(string status) => Send($"READY=1\nSTATUS={OneLine(status)}");

    /// <summary>What it does, for <c>systemctl status</c>.</summary>
    public bool Status(string status) => Send($"STATUS={OneLine(status)}");

    /// <summary>It is going down.</summary>
    public bool Stopping() => Send("STOPPING=1");

    /// <summary>Sends lines of <c>NAME=value</c>; false when nobody was told, which is never an error of ours.</summary>
    public bool Send(string lines)
    {
        if (string.IsNullOrEmpty(address) || address[0] is not ('/' or '@'))
            return false;
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            var name = address[0] == '@' ? '\0' + address[1..] : address;

            // Never waits: a manager that does not read must not hold up the service.
            socket.Blocking = false;
            var message = Encoding.UTF8.GetBytes(lines);
            return socket.SendTo(message, new UnixDomainSocketEndPoint(name)) == message.Length;
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            return false;
        }
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
