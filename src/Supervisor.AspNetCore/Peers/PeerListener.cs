using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;
using VmSupervisor.AspNetCore.Access;

namespace VmSupervisor.AspNetCore.Peers;

/// <summary>
/// The address on which peers connect with TLS. Who has no certificate of the cluster's CA gets no further than the
/// handshake; who has one gets to <c>/v1/peers</c> and nowhere else.
/// </summary>
internal sealed partial class PeerListener(ClusterCertificates certificates, TimeSpan handshakeTimeout, ILogger<PeerListener> logger)
{
    /// <summary>How many handshakes are under way at once: strangers cannot use up the daemon's file descriptors.</summary>
    private const int Handshakes = 64;

    private static readonly AccessDecision.Denied PeersOnly =
        new("not allowed: this address is for other nodes (/v1/peers); the API is on the unix socket");

    private int _underWay;

    public void Listen(KestrelServerOptions options, IPEndPoint endPoint) => options.Listen(endPoint, listen =>
    {
        listen.Protocols = HttpProtocols.Http1;
        listen.Use(next => connection => GuardAsync(next, connection));
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            HandshakeTimeout = handshakeTimeout,
            OnConnection = context =>
            {
                var attempt = context.Connection.Features.Get<Attempt>()!;
                attempt.Refusal = "it did not finish the TLS handshake";
                return ValueTask.FromResult(certificates.Server((name, why) => (attempt.Node, attempt.Refusal) = (name, why)));
            },
        });
        listen.Use(next => connection => AdmitAsync(next, connection));
    });

    private async Task GuardAsync(ConnectionDelegate next, ConnectionContext connection)
    {
        var attempt = new Attempt($"{connection.RemoteEndPoint}");
        connection.Features.Set(attempt);
        if (Interlocked.Increment(ref _underWay) > Handshakes)
        {
            Interlocked.Decrement(ref _underWay);
            connection.Abort(new ConnectionAbortedException("too many TLS handshakes at once"));
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            if (!attempt.Admitted)
            {
                Interlocked.Decrement(ref _underWay);
                LogRefused(attempt.From, attempt.Refusal ?? "it did not finish the TLS handshake");
            }
        }
    }

    private async Task AdmitAsync(ConnectionDelegate next, ConnectionContext connection)
    {
        var attempt = connection.Features.Get<Attempt>()!;
        if (attempt.Node is not { } node || attempt.Refusal is not null)
            return;
        attempt.Admitted = true;
        Interlocked.Decrement(ref _underWay);
        connection.Features.Set(new TlsPeer(node, attempt.From));
        connection.Features.Set(new Peer(PeersOnly));
        await next(connection);
    }

    /// <param name="From">Whose.</param>
    private sealed record Attempt(string From)
    {
        public string? Node { get; set; }

        public string? Refusal { get; set; } = "it did not begin a TLS handshake";

        public bool Admitted { get; set; }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "a connection from {From} to the peers' address is refused: {Reason}")]
    private partial void LogRefused(string from, string reason);
}
