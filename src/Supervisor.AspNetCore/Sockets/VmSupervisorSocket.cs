using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using VmSupervisor.AspNetCore.Sockets;

namespace VmSupervisor.AspNetCore;

/// <summary>The unix socket on which the CLI finds the supervisor.</summary>
public static class VmSupervisorSocket
{
    /// <summary>The longest path of a unix socket, in bytes (108 in the kernel's struct, with a zero at its end).</summary>
    public const int MaxPathBytes = 107;

    /// <summary>
    /// Makes Kestrel listen on a unix socket. Everybody may connect (mode 0666), since somebody who could not would be
    /// told that the supervisor is not running instead of that it is not his to command; who may act is decided for each
    /// connection by its peer credentials. The file has its mode before anybody can connect. A socket file that a dead
    /// supervisor left is replaced; starting fails with a <see cref="SocketInUseException"/> when somebody listens
    /// there, and with an <see cref="IOException"/> when the path is something else than a socket.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="path">The file, absolute, at most <see cref="MaxPathBytes"/> bytes.</param>
    public static IServiceCollection AddVmSupervisorSocket(this IServiceCollection services, string path)
    {
        services.TryAddSingleton<StrangerLimit>();
        services.Configure<KestrelServerOptions>(options =>
        {
            options.AddServerHeader = false;
            options.ListenUnixSocket(path, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                var limit = listen.ApplicationServices.GetRequiredService<StrangerLimit>();
                listen.Use(limit.Middleware);
            });
        });
        services.Configure<SocketTransportOptions>(options =>
        {
            var create = options.CreateBoundListenSocket;
            options.CreateBoundListenSocket = endPoint => IsAt(endPoint, path) ? SocketFile.Bind(path) : create(endPoint);
        });
        return services;
    }

    private static bool IsAt(EndPoint endPoint, string path) => endPoint is UnixDomainSocketEndPoint unix && unix.ToString() == path;
}
