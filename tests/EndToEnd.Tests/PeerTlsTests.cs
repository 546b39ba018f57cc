using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.EndToEnd.Tests;

/// <summary>Who is kept out of the address on which nodes connect, and what both logs say about it.</summary>
[Trait("Category", "Process")]
public sealed class PeerTlsTests
{
    [Fact(Timeout = Limits.Test)]
    public async Task A_certificate_of_another_ca_is_refused()
    {
        using var tls = new TlsNodes();
        Node? first = null;
        await Node.OfTwoAsync(
            async (a, b) =>
            {
                const string why = "is not signed by this cluster's CA, but by CN=vmsup cluster CA";
                await Eventually.TrueAsync("both say it of the other", () =>
                    a.Daemon.Log.Contains($"cannot be reached: the certificate of '{b.Name}' {why}")
                    && b.Daemon.Log.Contains($"cannot be reached: the certificate of '{a.Name}' {why}"));
                Assert.Empty(from peer in await a.Client.PeersAsync() where peer.Run is not null select peer);
            },
            (own, other) => tls.Settings(own, other, own == (first ??= own) ? "ca" : "another-ca"));
    }

    [Fact(Timeout = Limits.Test)]
    public async Task An_expired_certificate_is_refused_and_the_doctor_shows_it()
    {
        using var tls = new TlsNodes();
        Node? first = null;
        await Node.OfTwoAsync(
            async (a, b) =>
            {
                const string why = "(or its CA's) is valid only from 2020-01-01 00:00:00Z to 2020-01-31 00:00:00Z";
                await Eventually.TrueAsync("the other refuses it both ways", () =>
                    b.Daemon.Log.Contains($"cannot be reached: the certificate of '{a.Name}' {why}")
                    && b.Daemon.Log.Contains($"to the peers' address is refused: the certificate of '{a.Name}' {why}"));
                await Eventually.TrueAsync("it learns that it is refused", () => a.Daemon.Log.Contains("does not accept this node's certificate"));
                var checks = (await a.CliAsync("doctor", "-o", "json")).Json.AsArray();
                Assert.StartsWith("this node's has expired on 2020-01-31", (string?)checks.Single(c => (string?)c!["check"] == "certificates")!["found"]);
            },
            (own, other) => own == (first ??= own) ? tls.Settings(own, other, "ca", "--not-before", "2020-01-01T00:00:00Z", "--days", "30") : tls.Settings(own, other));
    }

    [Fact(Timeout = Limits.Test)]
    public async Task The_certificate_of_another_node_is_refused()
    {
        using var tls = new TlsNodes();
        Node? first = null;
        await Node.OfTwoAsync(
            async (a, b) =>
            {
                await Eventually.TrueAsync("who dials sees who is there", () =>
                    a.Daemon.Log.Contains($"peer somebody (https://{tls.AddressOf(b)}) cannot be reached: it shows the certificate of node '{b.Name}', not that of 'somebody'"));
                await Eventually.TrueAsync("who is dialed does not know it", () =>
                    a.Daemon.Log.Contains($"is refused: {b.Name} is not among the nodes that {a.Name} is configured with"));
                await Eventually.TrueAsync("who dialed is told", () =>
                    b.Daemon.Log.Contains($"refused by the peer: {b.Name} is not among the nodes that {a.Name} is configured with"));
            },
            (own, other) => own == (first ??= own)
                ? [.. tls.Settings(own, other)[1..], $"nodes.somebody=https://{tls.AddressOf(other)}"]
                : tls.Settings(own, other));
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Without_a_certificate_nothing_is_served_and_with_one_only_what_peers_need()
    {
        using var tls = new TlsNodes();
        await Node.OfTwoAsync(
            async (a, b) =>
            {
                var address = IPEndPoint.Parse(tls.AddressOf(a));
                Assert.Equal("", await AnswerAsync(address, stream => stream, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"));
                await Eventually.TrueAsync("plain text", () => a.Daemon.Log.Contains("refused: it did not begin a TLS handshake"));

                Assert.Equal("", await AnswerAsync(address, stream => Tls(stream, null), "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"));
                await Eventually.TrueAsync("no certificate", () => a.Daemon.Log.Contains("refused: it shows no certificate"));

                var directory = tls.Authority();
                using var certificate = X509Certificate2.CreateFromPemFile(Path.Combine(directory, $"{b.Name}.pem"), Path.Combine(directory, $"{b.Name}.key"));
                foreach (var path in new[] { "/healthz", "/readyz", "/v1/vms", "/v1/node", "/v1/nodes" })
                {
                    var answer = await AnswerAsync(address, stream => Tls(stream, certificate), $"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
                    Assert.StartsWith("HTTP/1.1 403 ", answer);
                    Assert.Contains("this address is for other nodes", answer);
                }

                var impostor = await AnswerAsync(address, stream => Tls(stream, certificate), $"GET /v1/peers/{a.Name} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
                Assert.Contains($"found the certificate of node '{b.Name}', which may not connect as '{a.Name}'", impostor);
            },
            (own, other) => tls.Settings(own, other));
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Files_that_cannot_be_used_are_named_and_nothing_is_started()
    {
        using var tls = new TlsNodes();
        await Node.OfItsOwnAsync(async node =>
        {
            var settings = tls.Settings(node, node);
            var key = Path.Combine(tls.Authority(), $"{node.Name}.key");
            await node.StopDaemonAsync();

            File.SetUnixFileMode(key, (UnixFileMode)0b110_100_000);
            Assert.EndsWith($"vmsup.tls.key: found {key} with mode 0640; allowed is 0600 or 0400: whoever reads it can act as this node", await RefusedAsync(node, settings));
            File.SetUnixFileMode(key, (UnixFileMode)0b110_000_000);
            Assert.Contains("vmsup.tls.ca: /nowhere.pem cannot be used: ", await RefusedAsync(node, [.. settings, "vmsup.tls.ca=/nowhere.pem"]));
            Assert.Contains("vmsup.tls.certificate: found the certificate of ", await RefusedAsync(node, [.. settings, "vmsup.node=else"], named: false));
            Assert.Contains("vmsup.tls.key: ", await RefusedAsync(node, [.. settings, $"vmsup.tls.key={tls.Authority()}/ca.key"]));
            Assert.Contains("vmsup.tls.ca: found no key; ca, certificate and key are needed together", await RefusedAsync(node, [.. settings, "vmsup.tls.key="]));
            await node.StartDaemonAsync();
        });
    }

    private static async Task<string> RefusedAsync(Node node, string[] settings, bool named = true)
    {
        var arguments = node.Arguments(settings);
        return (await Programs.RunAsync(Binaries.Daemon, [.. named ? arguments : arguments.Where((_, i) => i is not (4 or 5))])).Expect(2).Errors.TrimEnd('\n');
    }

    // Whoever connects trusts everybody: that is not what is looked at here.
    private static SslStream Tls(Stream stream, X509Certificate2? certificate)
    {
        var tls = new SslStream(stream, leaveInnerStreamOpen: false, (_, _, _, _) => true);
        tls.AuthenticateAsClient(new SslClientAuthenticationOptions
        {
            TargetHost = "a",
            ClientCertificates = certificate is null ? null : [certificate],
        });
        return tls;
    }

    private static async Task<string> AnswerAsync(IPEndPoint address, Func<Stream, Stream> wrap, string request)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address);
        await using var plain = new NetworkStream(socket);
        try
        {
            await using var stream = wrap(plain);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
            using var reader = new StreamReader(stream);
            return await reader.ReadToEndAsync();
        }
        catch (IOException)
        {
            // It was ended without a word.
            return "";
        }
    }
}
