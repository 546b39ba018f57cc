using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace VmSupervisor.AspNetCore.Peers;

/// <summary>An address with TLS: few handshakes at a time, and a word in the log about each that did not end well.</summary>
/// <param name="whose">Whose address it is, for the log.</param>
/// <param name="handshakeTimeout">How long a handshake may take.</param>
/// <param name="logger">Where refusals are told.</param>
internal abstract partial class TlsListener(string whose, TimeSpan handshakeTimeout, ILogger logger)
{
    /// <summary>How many handshakes are under way at once: strangers cannot use up the daemon's file descriptors.</summary>
    private const int Handshakes = 64;

    private const string NotFinished = "it did not finish the TLS handshake";

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
                attempt.Refusal = NotFinished;
                return ValueTask.FromResult(Handshake((name, why) => (attempt.Name, attempt.Refusal) = (name, why)));
            },
        });
        listen.Use(next => connection => AdmitAsync(next, connection));
    });

    /// <summary>How a handshake is made.</summary>
    /// <param name="judged">To be told whose certificate was shown, and why it is refused.</param>
    protected abstract System.Net.Security.SslServerAuthenticationOptions Handshake(Action<string?, string?> judged);

    /// <summary>Whether another connection is taken before its handshake, and what is disposed with it; null when it is not.</summary>
    protected virtual IDisposable? Enter(ConnectionContext connection, out string why)
    {
        why = "";
        return connection.Features.Get<Attempt>();
    }

    /// <summary>Somebody has ended the handshake well.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="entered">What <see cref="Enter"/> gave it.</param>
    /// <param name="name">The name in the certificate; null when none was shown.</param>
    protected abstract void Admit(ConnectionContext connection, IDisposable entered, string? name);

    /// <summary>Somebody was refused before there was a request.</summary>
    protected virtual void Refused(string from, string reason) => LogRefused(from, whose, reason);

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
            using var entered = Enter(connection, out var why);
            attempt.Refusal = why.Length > 0 ? why : attempt.Refusal;
            attempt.Entered = entered;
            if (entered is not null)
                await next(connection);
            else
                connection.Abort(new ConnectionAbortedException(why));
        }
        finally
        {
            if (!attempt.Admitted)
            {
                Interlocked.Decrement(ref _underWay);
                Refused(attempt.From, attempt.Refusal ?? NotFinished);
            }
        }
    }

    private async Task AdmitAsync(ConnectionDelegate next, ConnectionContext connection)
    {
        var attempt = connection.Features.Get<Attempt>()!;
        if (attempt.Refusal is not null)
            return;
        attempt.Admitted = true;
        Interlocked.Decrement(ref _underWay);
        Admit(connection, attempt.Entered!, attempt.Name);
        await next(connection);
    }

    /// <param name="From">Whose.</param>
    private sealed record Attempt(string From) : IDisposable
    {
        public string? Name { get; set; }

        public string? Refusal { get; set; } = "it did not begin a TLS handshake";

        public bool Admitted { get; set; }

        public IDisposable? Entered { get; set; }

        public void Dispose()
        {
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "a connection from {From} to the {Whose}' address is refused: {Reason}")]
    private partial void LogRefused(string from, string whose, string reason);
}
