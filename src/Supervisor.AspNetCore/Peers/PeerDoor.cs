using System.Net.Http;
using System.Net.Sockets;
using System.Security.Authentication;

namespace VmSupervisor.AspNetCore.Peers;

/// <summary>The way to one peer's daemon, and words for what is in the way.</summary>
internal sealed class PeerDoor : IDisposable
{
    private readonly PeerAddress _address;
    private volatile string? _refusedCertificate;

    public PeerDoor(string peer, PeerAddress address, ClusterCertificates? certificates)
    {
        _address = address;
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
        };
        switch (address)
        {
            case PeerAddress.Unix unix:
                handler.ConnectCallback = (_, cancellationToken) => ConnectAsync(unix.Path, cancellationToken);
                Base = new Uri("http://vmsupd/");
                break;
            case PeerAddress.Tls tls:
                handler.SslOptions = certificates?.Client(peer, why => _refusedCertificate = why)
                    ?? throw new InvalidOperationException($"{address} needs certificates");
                Base = tls.Uri;
                break;
            default:
                throw new InvalidOperationException($"{address} is no address");
        }

        Http = new HttpClient(handler) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
    }

    public HttpClient Http { get; }

    public Uri Base { get; }

    public void Dispose() => Http.Dispose();

    /// <summary>Why there is no connection, for a person.</summary>
    public string Explain(Exception e)
    {
        if (Interlocked.Exchange(ref _refusedCertificate, null) is { } why)
            return why;
        for (var inner = e; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return "nobody listens there";
                case SocketException { SocketErrorCode: SocketError.AccessDenied }:
                    return "this daemon's user may not open that socket";
                case SocketException when _address is PeerAddress.Unix { Path: var path } && !File.Exists(path):
                    return "the socket does not exist";
                case SocketException socket:
                    return socket.Message;
                case AuthenticationException authentication:
                    return $"no TLS connection: {(authentication.InnerException ?? authentication).Message}";
            }
        }

        // With TLS 1.3 the refusal of a certificate arrives after the handshake, as an alert or as the end.
        var last = e.GetBaseException().Message.TrimEnd('.');
        return _address is PeerAddress.Tls
            ? $"it ended the connection, as one does that does not accept this node's certificate; its log says why ({last})"
            : $"it ended the connection ({last})";
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
