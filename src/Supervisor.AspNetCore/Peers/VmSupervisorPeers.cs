using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VmSupervisor.Doctor;
using VmSupervisor.Migration;
using VmSupervisor.Migration.Connections;

namespace VmSupervisor.AspNetCore.Peers;

/// <summary>Adds the other nodes to a host. What <see cref="VmSupervisorHttp.MapVmSupervisor"/> maps for them is refused without this.</summary>
internal static class VmSupervisorPeers
{
    /// <summary>Adds <see cref="IPeers"/> and what keeps the connections; after the supervisor, whose recovery comes first.</summary>
    public static IServiceCollection AddVmSupervisorPeers(this IServiceCollection services, PeerOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(provider => new PeerTransport(options, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new PeerTable(
            options.Settings,
            options.Nodes.ToDictionary(node => node.Key, node => node.Value.ToString()!),
            provider.GetRequiredService<PeerTransport>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>().CreateLogger("VmSupervisor.Peers")));
        services.AddSingleton<IPeers>(provider => provider.GetRequiredService<PeerTable>());
        services.AddSingleton<ICheck, PeerCheck>();
        services.AddHostedService<PeersHost>();
        if (options.Certificates is not { } certificates)
            return services;
        services.AddSingleton<ICheck>(provider => new CertificateCheck(certificates, provider.GetRequiredService<TimeProvider>()));
        if (options.Listen is { } endPoint)
        {
            services.AddSingleton(provider => new PeerListener(
                certificates, options.Settings.ConnectTimeout, provider.GetRequiredService<ILogger<PeerListener>>()));
            services.AddOptions<KestrelServerOptions>().Configure<PeerListener>((kestrel, listener) => listener.Listen(kestrel, endPoint));
        }

        return services;
    }

    private sealed class PeersHost(PeerTable peers) : IHostedService, IDisposable
    {
        private readonly CancellationTokenSource _stopping = new();
        private Task _running = Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            _running = peers.RunAsync(_stopping.Token);
            return Task.CompletedTask;
        }

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            await _stopping.CancelAsync();
            await _running;
        }

        public void Dispose() => _stopping.Dispose();
    }
}
