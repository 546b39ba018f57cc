using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using VmSupervisor.AspNetCore;
using VmSupervisor.AspNetCore.Access.Tokens;
using VmSupervisor.AspNetCore.Clients;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Supervisor.AspNetCore.Tests.Support;

/// <summary>The API on the clients' address, with a CA and tokens of the test's own.</summary>
internal sealed class ClientHost : IAsyncDisposable
{
    private ClientHost(SupervisorHost inner, TestAuthority authority)
    {
        Inner = inner;
        Authority = authority;
        Tokens = inner.Services.GetRequiredService<TokenStore>();
    }

    public SupervisorHost Inner { get; }

    public TestAuthority Authority { get; }

    public TokenStore Tokens { get; }

    public FakeSupervisor Supervisor => Inner.Supervisor;

    public static async Task<ClientHost> StartAsync(
        Action<VmSupervisorHttpOptions>? configure = null, Action<IServiceCollection>? add = null, int maxConnections = 1000,
        TimeSpan? headersTimeout = null)
    {
        var authority = new TestAuthority();
        var directory = SupervisorHost.NewDirectory();
        return new ClientHost(
            await SupervisorHost.StartAsync(options =>
            {
                options.RefusalsPerSecond = 1_000_000;
                configure?.Invoke(options);
            }, directory, ownsDirectory: true, add: services =>
            {
                add?.Invoke(services);
                services.AddVmSupervisorClients(new ClientOptions
                {
                    TokenFile = Path.Combine(directory, "tokens.json"),
                    Listen = new IPEndPoint(IPAddress.Loopback, 0),
                    Certificates = authority.NodeCertificates(),
                    MaxConnections = maxConnections,
                    HeadersTimeout = headersTimeout ?? TimeSpan.FromMinutes(1),
                });
            }),
            authority);
    }

    public string NewToken(Role role, TimeSpan? lifetime = null, params int[] vms) => Tokens.Create(
        new TokenRequest($"t{Tokens.List().Count}", role, lifetime, vms.Length == 0 ? null : vms.Select(vm => new VmId(vm)).ToValueList()), new Caller("a test")).Secret;

    public HttpClient NewClient(X509Certificate2? certificate = null, string? token = null)
    {
        var client = new HttpClient(new SocketsHttpHandler
        {
            PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
                ClientCertificates = certificate is null ? null : [certificate],
                LocalCertificateSelectionCallback = certificate is null ? null : (_, _, _, _, _) => certificate,
            },
        })
        { BaseAddress = Inner.TlsAddress };
        if (token is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>A TLS connection on which the test says what it wants.</summary>
    public async Task<SslStream> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, Inner.TlsAddress.Port);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true), false, (_, _, _, _) => true);
        await stream.AuthenticateAsClientAsync("a");
        return stream;
    }

    public async ValueTask DisposeAsync()
    {
        await Inner.DisposeAsync();
        Authority.Dispose();
    }
}
