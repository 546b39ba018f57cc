using System.Globalization;
using System.Net;
using System.Net.Sockets;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.EndToEnd.Tests;

/// <summary>A Linux guest with disks and networks, from one HOCON file: booted, used, stopped.</summary>
[Trait("Category", "Qemu")]
[Trait("needs", "root")]
public sealed class WholeGuestTests
{
    private const int Vm = 9;
    private const int Sector = 512;

    [Fact(Timeout = 2 * Limits.Test)]
    public Task A_guest_writes_to_its_disks_and_reaches_the_bridge_and_the_host_reaches_it() => Node.OfItsOwnAsync(async node =>
    {
        // The range for measurements (RFC 2544): nobody routes it.
        var network = string.Create(CultureInfo.InvariantCulture, $"198.18.{Environment.ProcessId % 256}");
        using var bridge = new Bridge(node, $"{network}.1/24");
        foreach (var image in new[] { "loop.raw", "file.raw", "volume" })
        {
            using var file = File.Create(node.In(image));
            file.SetLength(1 << 20);
        }

        File.CreateSymbolicLink(node.In("script"), Binaries.VolumeScript);
        var port = FreePort();
        var definition = node.Write("whole.conf", $$"""
            vm {
              id = {{Vm}}, name = whole, memory = 128 MiB, cpus = 2, accel = tcg
              memory-limit = 1 GiB, cpu-limit = 2
              kernel = "{{Binaries.Linux("vmlinux")}}", initrd = "{{Binaries.Linux("initrd.gz")}}"
              cmdline = "console=ttyS0 quiet panic=-1 nokaslr mitigations=off tsc=unstable no_timer_check hb_ms=500 hb_virtio=1"
              hooks = [ hook ]
              disks = [
                { type = loop, path = loop.raw }
                { path = file.raw, format = raw }
                { type = script, script = script, volume = volume }
              ]
              nics = [
                { type = tap, bridge = {{bridge.Name}}, queues = 2 }
                { type = user, forward = [ { port = {{port}}, guest-port = 2000 } ] }
                { type = tap, bridge = {{bridge.Name}}, link = down }
              ]
            }
            """);
        (await node.CliAsync("define", definition)).Expect(0);
        (await node.CliAsync("start", "whole")).Expect(0);
        var serial = node.SerialOf(Vm, 1);
        await serial.SeesAsync("READY");
        var macs = (await node.ShowAsync(Vm)).Networks.Select(n => n.Mac).ToArray();

        await AskAsync(serial, "link eth0", $"LINK eth0 carrier=1 queues=2 mac={macs[0]}");
        await AskAsync(serial, "link eth2", $"LINK eth2 carrier=0 queues=1 mac={macs[2]}");
        await AskAsync(serial, $"net eth0 {network}.2/24 {network}.1", $"NET eth0 reaches {network}.1");
        foreach (var disk in new[] { "vda", "vdb", "vdc" })
        {
            await AskAsync(serial, $"write {disk} on-{disk}", $"WROTE {disk}");
            await AskAsync(serial, $"read {disk}", $"READ {disk} on-{disk}");
        }

        await AskAsync(serial, "net eth1 10.0.2.15/24 10.0.2.2", "NET eth1 reaches 10.0.2.2");
        await AskAsync(serial, "serve 2000 hello-from-the-guest", "SERVE 2000");
        await Eventually.TrueAsync("the guest answers at the host's port", () => Hear(port).Contains("hello-from-the-guest"));

        (await node.CliAsync("shutdown", "whole")).Expect(0);

        Assert.Equal("on-vda", Written(node.In("loop.raw")));
        Assert.Equal("on-vdb", Written(node.In("file.raw")));
        Assert.Equal("on-vdc", Written(node.In("volume")));
        Assert.Empty(node.World.Processes());
        Assert.Empty(node.World.RunDirectories());
        node.Devices.AssertNone();
        Assert.Empty(bridge.Ports());
        Assert.False(Path.Exists(node.In("volume.active")));
        Assert.Equal(["pre-start", "post-start", "pre-stop", "post-stop"], node.World.PhasesOf(Vm, 1));
        (await node.HistoryAsync(Vm)).AssertCleanedOnce("api-stop");
    });

    private static async Task AskAsync(Serial serial, string line, string answer)
    {
        serial.Type(line);
        await serial.SeesAsync($"{answer}\n");
    }

    /// <summary>What comes at a port of this host; QEMU accepts also when nobody in the guest does.</summary>
    private static string Hear(int port)
    {
        using var client = new TcpClient { ReceiveTimeout = 5000 };
        try
        {
            client.Connect(IPAddress.Loopback, port);
            return new StreamReader(client.GetStream()).ReadToEnd();
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return "";
        }
    }

    private static string Written(string image)
    {
        var text = System.Text.Encoding.ASCII.GetString(File.ReadAllBytes(image).AsSpan(Sector, Sector));
        return text[..text.IndexOf('\n')];
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
