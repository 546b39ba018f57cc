using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VmSupervisor.AspNetCore.Access;
using VmSupervisor.AspNetCore.Access.Tokens;
using VmSupervisor.AspNetCore.Limits;
using VmSupervisor.AspNetCore.Peers;

namespace VmSupervisor.AspNetCore.Clients;

/// <summary>Adds clients from elsewhere to a host.</summary>
internal static class VmSupervisorClients
{
    /// <summary>Adds the tokens, the limits of the whole server, and an address with TLS when there is one.</summary>
    public static IServiceCollection AddVmSupervisorClients(this IServiceCollection services, ClientOptions options)
    {
        services.AddSingleton(provider => TokenStore.Open(options.TokenFile, provider.GetRequiredService<TimeProvider>()));
        services.Configure<KestrelServerOptions>(kestrel => ServerLimits.Apply(kestrel.Limits, options.HeadersTimeout, options.LargestBody));
        if (options is not { Listen: { } endPoint, Certificates: { } certificates })
            return services;
        services.AddSingleton(provider => new ClientListener(
            certificates, options.HandshakeTimeout, new ConnectionLimits(options.MaxConnections), provider.GetRequiredService<IAccess>(),
            provider.GetRequiredService<ILogger<ClientListener>>()));
        services.AddOptions<KestrelServerOptions>().Configure<ClientListener>((kestrel, listener) => listener.Listen(kestrel, endPoint));
        return services;
    }
}

/// <summary>How clients from elsewhere are served.</summary>
internal sealed record ClientOptions
{
    /// <summary>The file in which tokens are kept, absolute.</summary>
    public required string TokenFile { get; init; }

    /// <summary>Where they connect with TLS; null for nowhere.</summary>
    public IPEndPoint? Listen { get; init; }

    /// <summary>What this node proves itself with, and whose certificates count.</summary>
    public ClusterCertificates? Certificates { get; init; }

    /// <summary>How long a TLS handshake may take.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the headers of a request may take to arrive.</summary>
    public TimeSpan HeadersTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The largest body of a request in bytes.</summary>
    public long LargestBody { get; init; } = 1024 * 1024;

    /// <summary>How many connections there may be at once.</summary>
    public int MaxConnections { get; init; } = 1000;
}
