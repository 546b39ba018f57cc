using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using VmSupervisor.AspNetCore;
using VmSupervisor.AspNetCore.Peers;
using VmSupervisor.Migration;
using VmSupervisor.Migration.Connections;
using VmSupervisor.Supervisor.AspNetCore.Tests.Support;
using VmSupervisor.TestKit.Peers;
using VmSupervisor.Vms;

namespace VmSupervisor.Supervisor.AspNetCore.Tests.Peers;

public sealed class SimulatedPeerTests : PeerConformance
{
    internal override Task<IPeerPair> StartAsync() => Task.FromResult<IPeerPair>(new Pair());

    private sealed class Pair : IPeerPair
    {
        private readonly SimulatedPeerNetwork _network = new();
        private readonly CancellationTokenSource _a = new();
        private readonly CancellationTokenSource _b = new();
        private readonly Task[] _running;

        public Pair()
        {
            var (a, b) = (Join("a", "b", _a.Token), Join("b", "a", _b.Token));
            (AB, B) = (a.Find("b")!, b);
            _running = [a.RunAsync(_a.Token), b.RunAsync(_b.Token)];
        }

        public IPeer AB { get; }

        public IPeers B { get; }

        public async Task StopAAsync()
        {
            await _a.CancelAsync();
            await _running[0];
        }

        public async ValueTask DisposeAsync()
        {
            await _a.CancelAsync();
            await _b.CancelAsync();
            await Task.WhenAll(_running);
        }

        private PeerTable Join(string name, string other, CancellationToken stopping)
        {
            var settings = new PeerSettings { Node = name, Run = name };
            var table = new PeerTable(
                settings, new Dictionary<string, string> { [other] = "sim" }, _network.TransportOf(name), TimeProvider.System, NullLogger.Instance);
            _network.Join(name, table, stopping);
            return table;
        }
    }
}

public sealed class UnixPeerTests : PeerConformance
{
    internal override Task<IPeerPair> StartAsync() => HostedPair.StartAsync(tls: false);
}

public sealed class TlsPeerTests : PeerConformance
{
    internal override Task<IPeerPair> StartAsync() => HostedPair.StartAsync(tls: true);
}

/// <summary>Two hosts with the production server and transport.</summary>
internal sealed class HostedPair : IPeerPair
{
    private readonly string _directory;
    private readonly WebApplication _a;
    private readonly WebApplication _b;

    private HostedPair(string directory, WebApplication a, WebApplication b)
    {
        (_directory, _a, _b) = (directory, a, b);
        AB = a.Services.GetRequiredService<IPeers>().Find("b")!;
        B = b.Services.GetRequiredService<IPeers>();
    }

    public IPeer AB { get; }

    public IPeers B { get; }

    public static async Task<IPeerPair> StartAsync(bool tls)
    {
        var directory = SupervisorHost.NewDirectory();
        var (portOfA, portOfB) = tls ? (FreePort(), FreePort()) : (0, 0);
        using var authority = tls ? new TestAuthority() : null;
        var (a, b) = (Build("a", "b", portOfA, portOfB), Build("b", "a", portOfB, portOfA));
        await a.StartAsync();
        await b.StartAsync();
        return new HostedPair(directory, a, b);

        WebApplication Build(string name, string other, int own, int others)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton<IVmSupervisor>(new FakeSupervisor());
            builder.Services.AddVmSupervisorHttp();
            builder.Services.AddVmSupervisorSocket(Path.Combine(directory, name));
            builder.Services.AddVmSupervisorPeers(new PeerOptions
            {
                Settings = new PeerSettings { Node = name, Run = name },
                Nodes = new Dictionary<string, PeerAddress>
                {
                    [other] = tls ? new PeerAddress.Tls(new Uri($"https://127.84.9.1:{others}/")) : new PeerAddress.Unix(Path.Combine(directory, other)),
                },
                Listen = tls ? new IPEndPoint(IPAddress.Parse("127.84.9.1"), own) : null,
                Certificates = authority?.Issue(name),
            });
            var app = builder.Build();
            app.MapVmSupervisor();
            return app;
        }
    }

    public Task StopAAsync() => _a.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Parse("127.84.9.1"), 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private sealed class TestAuthority : IDisposable
    {
        private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        private readonly X509Certificate2 _certificate;

        public TestAuthority()
        {
            var request = new CertificateRequest("CN=test", _key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            _certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        }

        public ClusterCertificates Issue(string name)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
            using var certificate = request.Create(_certificate, _certificate.NotBefore, _certificate.NotAfter, [1, (byte)name[0]]);
            return new ClusterCertificates([X509CertificateLoader.LoadCertificate(_certificate.RawData)], certificate.CopyWithPrivateKey(key), TimeProvider.System);
        }

        public void Dispose()
        {
            _key.Dispose();
            _certificate.Dispose();
        }
    }
}
