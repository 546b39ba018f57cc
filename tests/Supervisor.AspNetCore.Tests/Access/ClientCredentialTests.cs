using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using VmSupervisor.AspNetCore.Access;
using VmSupervisor.Contracts;
using VmSupervisor.Supervisor.AspNetCore.Tests.Support;

namespace VmSupervisor.Supervisor.AspNetCore.Tests.Access;

/// <summary>Who gets in on the clients' address, on every route there is.</summary>
public sealed class ClientCredentialTests
{
    [Fact]
    public async Task No_route_lets_anybody_in_whose_credential_does_not_count()
    {
        await using var host = await ClientHost.StartAsync(options => options.Access.Rules.Add(new(new Principal.Certificate("web"), new(Role.Admin))));
        await using var other = await ClientHost.StartAsync();
        var revoked = host.NewToken(Role.Admin);
        host.Tokens.Revoke("t0");
        var good = host.NewToken(Role.Admin);
        var (foreign, wrong) = (other.NewToken(Role.Admin), good[..^1] + (good[^1] == '0' ? '1' : '0'));
        (string What, int Status, HttpClient Client)[] callers =
        [
            ("absent", 401, host.NewClient()),
            ("wrong", 401, host.NewClient(token: wrong)),
            ("revoked", 401, host.NewClient(token: revoked)),
            ("foreign", 401, host.NewClient(token: foreign)),
            ("the id alone", 401, host.NewClient(token: good[..22])),
            ("no token at all", 401, host.NewClient(token: "letmein")),
            ("another scheme", 401, With(host.NewClient(), "Authorization", "Basic cm9vdDpyb290")),
            ("two tokens", 401, With(host.NewClient(), "Authorization", $"Bearer {good}", $"Bearer {wrong}")),
            ("from a web page", 403, With(host.NewClient(token: good), "Origin", "https://evil.example")),
            ("a certificate without a role", 403, host.NewClient(host.Authority.Issue("somebody"))),
            ("a node's certificate", 403, host.NewClient(host.Authority.Issue("b", [TestAuthority.ServerUse, TestAuthority.ClientUse]))),
            ("a good certificate with a wrong token", 401, host.NewClient(host.Authority.Issue("web"), wrong)),
        ];

        foreach (var (what, status, client) in callers)
        {
            foreach (var (method, pattern) in host.Inner.Routes)
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), Fill(pattern));
                using var response = await client.SendAsync(request);
                var text = await response.Content.ReadAsStringAsync();
                var expected = RoleTable.Of(method, pattern)!.Reach switch { Reach.Open => 200, Reach.Peer => 403, _ => status };
                Assert.True((int)response.StatusCode == expected, $"{method} {pattern}, {what}: {(int)response.StatusCode} {text}");
                foreach (var secret in (string[])[good, wrong, revoked, foreign])
                    Assert.DoesNotContain(secret[30..], text);
            }

            client.Dispose();
        }

        Assert.Empty(host.Supervisor.Submitted);
    }

    [Fact]
    public async Task A_certificate_that_is_not_good_ends_the_handshake()
    {
        await using var host = await ClientHost.StartAsync(options => options.Access.Rules.Add(new(new Principal.Certificate("web"), new(Role.Admin))));
        using var other = new TestAuthority();

        foreach (var certificate in (X509Certificate2[])
            [other.Issue("web"), host.Authority.Issue("web", toDay: -1, fromDay: -10), host.Authority.Issue("web", fromDay: 1), host.Authority.Issue("web", [TestAuthority.ServerUse])])
        {
            using var client = host.NewClient(certificate, host.NewToken(Role.Admin));
            await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("/v1/vms"));
        }

        using var good = host.NewClient(host.Authority.Issue("web"));
        Assert.Equal(200, (int)(await good.GetAsync("/v1/vms")).StatusCode);
    }

    [Fact]
    public async Task Certificates_and_tokens_have_their_roles_and_the_journal_learns_who_and_from_where()
    {
        await using var host = await ClientHost.StartAsync(options =>
            options.Access.Rules.Add(new(new Principal.Certificate("web"), new(Role.Operator, [new(104)]))));
        host.Supervisor.Show(FakeSupervisor.View(104, "web-1", "Running"), FakeSupervisor.View(105, "web-2", "Running"));
        using var viewer = host.NewClient(token: host.NewToken(Role.Viewer));
        using var limited = host.NewClient(token: host.NewToken(Role.Operator, null, 105));
        using var certified = host.NewClient(host.Authority.Issue("web"));

        Assert.Equal(200, await StatusAsync(viewer, "GET", "/v1/vms/105"));
        Assert.Equal(403, await StatusAsync(viewer, "POST", "/v1/vms/105/stop"));
        Assert.Equal(202, await StatusAsync(limited, "POST", "/v1/vms/105/stop"));
        Assert.Equal(403, await StatusAsync(limited, "GET", "/v1/vms/104"));
        Assert.Equal(202, await StatusAsync(certified, "POST", "/v1/vms/104/stop"));
        Assert.Equal(403, await StatusAsync(certified, "POST", "/v1/vms/105/stop"));

        Assert.Collection(
            host.Supervisor.Submitted.Select(submitted => submitted.Caller.Name),
            name => Assert.Matches(@"^token t1 from 127\.0\.0\.1:\d+$", name),
            name => Assert.Matches(@"^certificate web from 127\.0\.0\.1:\d+$", name));
    }

    [Fact]
    public async Task A_revoked_token_ends_what_its_bearer_has_open()
    {
        await using var host = await ClientHost.StartAsync();
        using var client = host.NewClient(token: host.NewToken(Role.Viewer));
        using var response = await client.GetAsync("/v1/events", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var ended = reader.ReadToEndAsync();

        host.Tokens.Revoke("t0");

        Assert.DoesNotContain("id:", await ended);
        Assert.Equal(401, await StatusAsync(client, "GET", "/v1/vms"));
    }

    [Fact]
    public async Task Tokens_are_made_listed_and_revoked_by_http()
    {
        await using var host = await ClientHost.StartAsync();

        var (made, view, _) = await host.Inner.SendAsync("POST", "/v1/tokens", """{"name":"ci","role":"viewer","lifetime":"1h","vms":[104]}""");
        using var client = host.NewClient(token: view.GetProperty("secret").GetString());

        Assert.Equal(201, made);
        Assert.Equal(200, await StatusAsync(client, "GET", "/v1/vms"));
        Assert.Equal(403, await StatusAsync(client, "GET", "/v1/tokens"));
        Assert.Equal(409, (await host.Inner.SendAsync("POST", "/v1/tokens", """{"name":"ci","role":"admin"}""")).Status);
        foreach (var wrong in (string[])["{}", "", """{"name":"-x","role":"viewer"}""", """{"name":"x","role":"king"}""", """{"name":"x","role":"viewer","lifetime":"0s"}""",
            """{"name":"x","role":"viewer","lifetime":"4000d"}""", """{"name":"x","role":"viewer","vms":[]}""", """{"name":"x","role":"viewer","vms":[0]}""", """{"name":"x","role":"viewer","secret":"y"}"""])
        {
            Assert.Equal((wrong, 400), (wrong, (await host.Inner.SendAsync("POST", "/v1/tokens", wrong)).Status));
        }

        var listed = await host.Inner.Client.GetStringAsync("/v1/tokens");
        Assert.Contains("\"name\":\"ci\"", listed);
        Assert.DoesNotContain("secret", listed);
        Assert.DoesNotContain("hash", listed);
        Assert.Equal(200, (await host.Inner.SendAsync("DELETE", "/v1/tokens/ci")).Status);
        Assert.Equal(404, (await host.Inner.SendAsync("DELETE", "/v1/tokens/ci")).Status);
        Assert.Equal(401, await StatusAsync(client, "GET", "/v1/vms"));
    }

    [Fact]
    public async Task On_the_unix_socket_a_token_does_not_count_and_is_not_passed_over()
    {
        await using var host = await ClientHost.StartAsync();

        var (status, problem, _) = await host.Inner.SendAsync("GET", "/v1/vms", headers: ("Authorization", $"Bearer {host.NewToken(Role.Viewer)}"));

        Assert.Equal(403, status);
        Assert.Contains("on the unix socket your user says who you are", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Nothing_older_than_TLS_1_2_is_spoken_and_nothing_without_it()
    {
        await using var host = await ClientHost.StartAsync();
        using var certificates = new TestAuthority();
        using var plain = new HttpClient { BaseAddress = new UriBuilder(host.Inner.TlsAddress) { Scheme = "http" }.Uri };

        await Assert.ThrowsAsync<HttpRequestException>(() => plain.GetAsync("/healthz"));
        Assert.Equal(SslProtocols.Tls12 | SslProtocols.Tls13, certificates.NodeCertificates().ForClients((_, _) => { }).EnabledSslProtocols);
        await using var stream = await host.ConnectAsync();
        Assert.True(stream.SslProtocol is SslProtocols.Tls12 or SslProtocols.Tls13);
    }

    [Fact]
    public async Task A_clients_certificate_does_not_pass_for_the_node_of_its_name()
    {
        using var authority = new TestAuthority();

        async Task<string?> RefusalAsync(X509Certificate2 certificate)
        {
            var refusal = (string?)"nobody judged";
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var dialed = new TcpClient();
            await dialed.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
            await using var server = new SslStream((await listener.AcceptTcpClientAsync()).GetStream());
            await using var client = new SslStream(dialed.GetStream(), false, (_, _, _, _) => true);
            var accepting = server.AuthenticateAsServerAsync(authority.NodeCertificates().ForPeers((_, why) => refusal = why));
            await client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "a", LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate });
            await accepting.ContinueWith(_ => { }, TaskScheduler.Default);
            return refusal;
        }

        Assert.Null(await RefusalAsync(authority.Issue("b", [TestAuthority.ServerUse, TestAuthority.ClientUse])));
        Assert.Contains("is not meant for this use", await RefusalAsync(authority.Issue("b")));
    }

    private static HttpClient With(HttpClient client, string name, params string[] values)
    {
        foreach (var value in values)
            client.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
        return client;
    }

    private static string Fill(string pattern) =>
        pattern.Replace("{vm}", "104").Replace("{operation}", "op-1").Replace("{name}", "b").Replace("{token}", "x");

    private static async Task<int> StatusAsync(HttpClient client, string method, string path)
    {
        using var response = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        return (int)response.StatusCode;
    }
}
