using System.Net;
using System.Net.Sockets;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Supervisor.Tests.Qemu.Launch;

/// <summary>Forwarded ports of real QEMUs.</summary>
[Trait("needs", "qemu")]
public sealed class ForwardTests
{
    [Fact(Timeout = QemuFixture.Limit)]
    public async Task Qemu_listens_on_the_ports_it_forwards_and_nobody_does_afterwards()
    {
        await using var host = new QemuFixture();
        var (tcp, udp) = (FreePort(SocketType.Stream), FreePort(SocketType.Dgram));
        var (key, _) = await host.LaunchAsync(With(Forward(ForwardProtocol.Tcp, tcp), Forward(ForwardProtocol.Udp, udp)));

        using (var client = new TcpClient())
            await client.ConnectAsync(IPAddress.Loopback, tcp);
        Assert.Contains($"net0: port {tcp} of 127.0.0.1 (tcp) is taken (ss -tlnp 'sport = :{tcp}' says by whom)", await host.LaunchFailsAsync(With(Forward(ForwardProtocol.Tcp, tcp))));
        Assert.Contains($"net0: port {udp} of 127.0.0.1 (udp) is taken (ss -ulnp 'sport = :{udp}' says by whom)", await host.LaunchFailsAsync(With(Forward(ForwardProtocol.Udp, udp))));

        await host.Hypervisor.ExtinguishAsync(key, null, _ => { }, CancellationToken.None);
        await host.LaunchAsync(With(Forward(ForwardProtocol.Tcp, tcp), Forward(ForwardProtocol.Udp, udp)));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task An_address_that_this_host_does_not_have_is_named()
    {
        await using var host = new QemuFixture();
        var forward = new PortForward { Address = "192.0.2.1", Port = 2222, GuestPort = 22 };
        Assert.Equal("net0: port 2222 of 192.0.2.1 (tcp) cannot be had: this host has no such address", await host.LaunchFailsAsync(With(forward)));
    }

    private static VmDefinition With(params PortForward[] forwards) => QemuFixture.Nano() with { Nics = [new() { Forward = [.. forwards] }] };

    private static PortForward Forward(ForwardProtocol protocol, int port) => new() { Protocol = protocol, Port = port, GuestPort = 7 };

    private static int FreePort(SocketType type)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
