using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.EndToEnd.Tests;

/// <summary>Others than root: a user of this machine, and clients from elsewhere.</summary>
[Trait("Category", "Process")]
public sealed class SecurityTests
{
    private const uint Nobody = 65534;

    [Fact(Timeout = Limits.Test)]
    public async Task Each_may_what_was_given_them_and_the_history_has_who_was_refused_and_from_where()
    {
        using var tls = new TlsNodes();
        await Node.OfItsOwnAsync(
            async node =>
            {
                // Others must get as far as the socket.
                File.SetUnixFileMode(node.Root, (UnixFileMode)0b111_101_101);
                foreach (var id in (int[])[104, 105])
                    (await node.CliAsync("define", node.Write($"{id}.conf", $"vm {{ id = {id}, memory = 16 MiB }}"))).Expect(0);
                var secret = (await node.CliAsync("token", "create", "ci", "--role", "operator", "--vm", "104")).Expect(0).Output.Trim();
                Programs.Run(Binaries.Cli, "node", "issue", tls.Authority(), "web", "--client");
                using var web = X509Certificate2.CreateFromPemFile(Path.Combine(tls.Authority(), "web.pem"), Path.Combine(tls.Authority(), "web.key"));
                using var byToken = NewClient(tls, node, null, secret);
                using var byCertificate = NewClient(tls, node, web, null);
                using var byNothing = NewClient(tls, node, null, null);

                Assert.Equal((int[])[104], await VmsAsync(byToken));
                Assert.Equal((int[])[104, 105], await VmsAsync(byCertificate));
                Assert.Equal(200, await StatusAsync(byToken, "POST", "v1/vms/104/stop?wait=10s"));
                Assert.Equal(403, await StatusAsync(byToken, "POST", "v1/vms/105/stop"));
                Assert.Equal(403, await StatusAsync(byCertificate, "POST", "v1/vms/105/stop"));
                Assert.Equal(401, await StatusAsync(byNothing, "POST", "v1/vms/105/stop"));
                Assert.Contains("\"id\":104", await AsNobodyAsync(node, "GET /v1/vms"));
                Assert.StartsWith("HTTP/1.1 403 ", await AsNobodyAsync(node, "POST /v1/vms/105/stop"));
                Assert.StartsWith("HTTP/1.1 403 ", await AsNobodyAsync(node, "GET /v1/tokens"));

                await Eventually.SeeAsync("all of it is in the history of the VM", async () =>
                    Refused(await node.CliAsync("history", "105", "-o", "json")) is [var first, var second, var third, var fourth]
                    && first.StartsWith("token ci from 127.0.0.1:") && second.StartsWith("certificate web from 127.0.0.1:")
                    && third.StartsWith("somebody from 127.0.0.1:") && fourth.StartsWith($"uid {Nobody} (nobody), pid ") ? "seen" : null);
                await Eventually.SeeAsync("and of the node", async () =>
                    Refused(await node.CliAsync("node", "history", "-o", "json")) is [var only] && only.StartsWith($"uid {Nobody} (nobody), pid ") ? "seen" : null);

                // What is stored outlives the daemon; what is revoked does not come back.
                await node.RestartDaemonAsync();
                Assert.Equal((int[])[104], await VmsAsync(byToken));
                (await node.CliAsync("token", "revoke", "ci")).Expect(0);
                Assert.Equal(401, await StatusAsync(byToken, "GET", "v1/vms"));
                await node.RestartDaemonAsync();
                Assert.Equal(401, await StatusAsync(byToken, "GET", "v1/vms"));

                var everything = node.Daemon.Log + (await node.CliAsync("node", "history", "-o", "json")).Output + File.ReadAllText(Path.Combine(node.State, "tokens.json"));
                Assert.Contains("token-created", everything);
                Assert.DoesNotContain(secret.Split('_')[2], everything);
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(node.State, "tokens.json")));
            },
            node =>
            [
                .. tls.Settings(node, node).Where(setting => setting.StartsWith("vmsup.tls", StringComparison.Ordinal)),
                $"vmsup.http.listen={tls.AddressOf(node)}", $"vmsup.access={{ viewers = [\"user:{Nobody}\", \"certificate:web\"] }}",
            ]);
    }

    private static List<string> Refused(Ended history) =>
        [.. from entry in history.Expect(0).Json.AsArray() where (string?)entry!["type"] == "refused" select (string)entry["by"]!];

    private static async Task<int[]> VmsAsync(HttpClient client) =>
        [.. from vm in JsonNode.Parse(await client.GetStringAsync("v1/vms"))!.AsArray() select (int)vm!["id"]!];

    private static async Task<int> StatusAsync(HttpClient client, string method, string path)
    {
        using var response = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        return (int)response.StatusCode;
    }

    private static HttpClient NewClient(TlsNodes tls, Node node, X509Certificate2? certificate, string? token)
    {
        var handler = new SocketsHttpHandler();
        using var authority = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(tls.Authority(), "ca.pem"));
        var issuer = authority.Subject;
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.Issuer == issuer && shown.Subject == $"CN={node.Name}";
        if (certificate is not null)
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        var client = new HttpClient(handler) { BaseAddress = new Uri($"https://{IPEndPoint.Parse(tls.AddressOf(node))}/") };
        client.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    // Another process, since a user is a process's.
    private static async Task<string> AsNobodyAsync(Node node, string request)
    {
        const string ask = """
            use IO::Socket::UNIX;
            my ($path, $request) = @ARGV;
            my $socket = IO::Socket::UNIX->new(Peer => $path) or die "connect: $!";
            print $socket "$request HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            local $/;
            print <$socket>;
            """;
        return (await Programs.RunAsync(
            "/usr/bin/setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "--", "perl", "-e", ask, node.Socket, request)).Expect(0).Output;
    }
}
