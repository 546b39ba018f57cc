using System.Net;
using System.Net.Sockets;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.EndToEnd.Tests;

/// <summary>Ports of the host that lead into a guest.</summary>
[Trait("Category", "Qemu")]
public sealed class UserNetworkTests
{
    [Fact(Timeout = Limits.Test)]
    public Task Forwarded_ports_are_shown_lead_to_the_guest_and_a_port_that_is_taken_fails_the_start_by_its_number() => Node.OfItsOwnAsync(async node =>
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var file = node.Write("web.conf", $$"""
            vm {
              id = 1, name = web, memory = 4 MiB, accel = tcg
              bios = "{{Binaries.NanoBios}}", kernel = "{{Binaries.NanoKernel}}"
              nics = [ { type = user, forward = [ { port = {{port}}, guest-port = 22 } ] } ]
            }
            """);
        (await node.CliAsync("define", file)).Expect(0);
        var mac = (await node.ShowAsync(1)).Networks[0].Mac;

        var failed = (await node.CliAsync("start", "web")).Expect(1);
        Assert.Equal($"vmsup: vm 1: start failed: net0: port {port} of 127.0.0.1 (tcp) is taken (ss -tlnp 'sport = :{port}' says by whom)", failed.OneError);
        taken.Stop();

        (await node.CliAsync("start", "web")).Expect(0);
        Assert.Contains($"network      net0 user, {mac}, tcp 127.0.0.1:{port} to port 22\n", (await node.CliAsync("show", "web")).Expect(0).Output);
        Assert.Contains($"\"mac\":\"{mac}\"", string.Join(' ', node.World.TheProcess(1).Arguments));
        using (var client = new TcpClient())
            await client.ConnectAsync(IPAddress.Loopback, port);

        // Somebody gives the VM another name and other ports: the address stays what it was.
        await node.RestartDaemonAsync();
        (await node.CliAsync("stop", "web")).Expect(0);
        await node.DefineAsync(Definitions.Nano(1) with { Nics = [new()] });
        Assert.Equal(mac, (await node.ShowAsync(1)).Networks[0].Mac);
        using var refused = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() => refused.ConnectAsync(IPAddress.Loopback, port));
    });

    [Fact(Timeout = Limits.Test)]
    public Task What_is_wrong_with_a_forward_is_told_by_line_and_column() => Node.OfItsOwnAsync(async node =>
    {
        var file = node.Write("web.conf", """
            vm {
              id = 1, memory = 4 MiB
              nics = [ { type = user, forward = [
                { port = 2222, guest-port = 22 }
                { port = 2222, guest-port = 23 }
                { port = 0, guest-port = 23, address = localhost }
              ] } ]
            }
            """);
        Assert.Equal(
            [
                $"{file}:5:14: vm.nics[0].forward[1].port: found 2222 twice, allowed: each port of the host once",
                $"{file}:6:14: vm.nics[0].forward[2].port: found 0, allowed: a whole number from 1 to 65535",
                $"{file}:6:44: vm.nics[0].forward[2].address: found localhost, allowed: an IPv4 address of this host, such as 127.0.0.1, or 0.0.0.0 for all",
            ],
            (await node.CliAsync("define", file)).Expect(2).Errors.TrimEnd('\n').Split('\n'));
    });
}
