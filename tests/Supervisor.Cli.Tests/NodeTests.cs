using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Supervisor.Cli.Tests;

public sealed class NodeTests : IDisposable
{
    private static readonly PeerView Connected = new(
        "b", "https://b:8006", PeerState.Connected, Samples.Now.AddMinutes(-3), "1.2.3", "r1", 0.4, Samples.Now.AddMinutes(-2), "nobody listens there", Samples.Now.AddMinutes(-4));

    private static readonly PeerView Lost = new(
        "c", "unix:/c.sock", PeerState.Disconnected, Samples.Now.AddHours(-5), null, null, null, null, "nobody listens there", Samples.Now.AddHours(-5));

    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Peers_are_listed_with_their_last_error_only_while_it_matters()
    {
        await using var daemon = await FakeDaemon.StartAsync(directory);
        daemon.On("GET /v1/nodes", new[] { Connected, Lost });

        var printed = await new Prompt(daemon.Socket).RunAsync("node", "list");

        Assert.Equal(
            """
            NODE  STATE         SINCE      RTT  VERSION  ADDRESS         LAST ERROR
            b     connected     3m     0.40 ms  1.2.3    https://b:8006
            c     disconnected  5h                       unix:/c.sock    nobody listens there

            """, printed.Out);
    }

    [Fact]
    public async Task Ping_prints_each_reply_and_what_came_of_all()
    {
        await using var daemon = await FakeDaemon.StartAsync(directory);
        daemon.On("GET /v1/nodes/b", Connected).On("POST /v1/nodes/b/ping", new PingView("b", "https://b:8006", "r1", 0.25));

        var printed = await new Prompt(daemon.Socket).RunAsync("node", "ping", "b", "--count", "1");
        var json = await new Prompt(daemon.Socket).RunAsync("node", "ping", "b", "-c", "1", "-o", "json");

        Assert.Equal(
            """
            PING b (https://b:8006)
            reply from b: seq=1 time=0.25 ms
            --- b ping statistics ---
            1 sent, 1 received, 0% lost
            rtt min/avg/max = 0.25/0.25/0.25 ms

            """, printed.Out);
        Assert.Equal("{\"name\":\"b\",\"sent\":1,\"received\":1,\"roundTripsMs\":[0.25]}\n", json.Out);
    }

    [Fact]
    public async Task A_ping_without_any_reply_fails_with_1_and_of_an_unknown_node_with_3()
    {
        await using var daemon = await FakeDaemon.StartAsync(directory);
        daemon.On("GET /v1/nodes/c", Lost).On("POST /v1/nodes/c/ping", ProblemKind.Failed, "node c cannot be reached")
            .On("GET /v1/nodes/d", ProblemKind.NotFound, "a knows no node d");

        Assert.Equal(1, (await new Prompt(daemon.Socket).RunAsync("node", "ping", "c", "-c", "1")).Code);
        Assert.Equal(3, (await new Prompt(daemon.Socket).RunAsync("node", "ping", "d")).Code);
        Assert.Equal(3, (await new Prompt(daemon.Socket).RunAsync("node", "show", "../vms")).Code);
    }

    [Fact]
    public async Task A_ca_and_a_nodes_certificate_are_made_without_a_daemon_and_never_overwritten()
    {
        var prompt = new Prompt("/none");
        var ca = directory.File("ca");

        Assert.Equal(3, (await prompt.RunAsync("node", "issue", ca, "a")).Code);
        Assert.Equal(0, (await prompt.RunAsync("node", "init-ca", ca)).Code);
        var issued = await prompt.RunAsync("node", "issue", ca, "a", "--host", "a.example.net", "--host", "10.0.0.1", "-o", "json");
        var before = File.ReadAllText(Path.Combine(ca, "ca.key"));
        Assert.Equal(4, (await prompt.RunAsync("node", "init-ca", ca)).Code);
        Assert.Equal(4, (await prompt.RunAsync("node", "issue", ca, "a")).Code);
        Assert.Equal(2, (await prompt.RunAsync("node", "issue", ca, "ca")).Code);
        Assert.Equal(2, (await prompt.RunAsync("node", "issue", ca, "-a")).Code);

        Assert.Equal(before, File.ReadAllText(Path.Combine(ca, "ca.key")));
        Assert.Equal(["a", "a.example.net", "10.0.0.1"], JsonNode.Parse(issued.Out)!["names"]!.AsArray().Select(name => (string)name!));
        Assert.All(["ca.key", "a.key"], key => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(ca, key))));
        using var certificate = X509Certificate2.CreateFromPemFile(Path.Combine(ca, "a.pem"), Path.Combine(ca, "a.key"));
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        Assert.Equal(("CN=a", true), (certificate.Subject, certificate.HasPrivateKey));
        Assert.Equal(["a", "a.example.net"], names.EnumerateDnsNames());
        Assert.Equal("10.0.0.1", Assert.Single(names.EnumerateIPAddresses()).ToString());
        Assert.Equal(Samples.Now.AddDays(365).UtcDateTime, certificate.NotAfter.ToUniversalTime());
        Assert.Equal(2, certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages.Count);
    }

    [Fact]
    public async Task A_clients_certificate_is_good_for_no_server()
    {
        var prompt = new Prompt("/none");
        var ca = directory.File("ca");
        await prompt.RunAsync("node", "init-ca", ca);

        Assert.Equal(0, (await prompt.RunAsync("node", "issue", ca, "web", "--client")).Code);

        using var certificate = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(ca, "web.pem"));
        var uses = certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages;
        Assert.Equal(["1.3.6.1.5.5.7.3.2"], uses.Cast<System.Security.Cryptography.Oid>().Select(use => use.Value));
    }
}
