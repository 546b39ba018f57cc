using System.Net.Sockets;
using System.Text;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Client;

/// <summary>HTTP over a unix socket. Turns every way of not getting an answer into an exception a person can read.</summary>
internal sealed class UnixSocketTransport : IDisposable
{
    // The last byte of sockaddr_un's 108 is the terminating NUL.
    private const int LongestSocketPath = 107;

    private readonly string path;
    private readonly TimeProvider time;
    private readonly HttpClient http;

    public UnixSocketTransport(string path, TimeProvider time)
    {
        this.path = path;
        this.time = time;
        http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = (_, cancellationToken) => ConnectAsync(cancellationToken),
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
        })
        {
            BaseAddress = new Uri("http://vmsupd/"),
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Sends a request; returns when the head of the answer is there.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new VmsupException(
                new Problem(ProblemKind.TimedOut, $"the daemon at {path} took the request and did not answer within {timeout.TotalSeconds:0} s"),
                innerException: e);
        }
        catch (HttpRequestException e) when (e.InnerException is VmsupException known)
        {
            throw known;
        }
        catch (HttpRequestException e)
        {
            throw Broken(e);
        }
    }

    /// <summary>What to throw when an answer ends in the middle.</summary>
    public VmsupUnreachableException Broken(Exception e) =>
        new($"the connection to the daemon at {path} broke before it had answered; it may have done what was asked", wasSent: true, e);

    public void Dispose() => http.Dispose();

    private async ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        if (Encoding.UTF8.GetByteCount(path) > LongestSocketPath)
        {
            throw new VmsupException(new Problem(
                ProblemKind.Invalid, $"the socket path {path} is too long: unix socket paths end at {LongestSocketPath} bytes"));
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw NotConnected(e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private VmsupException NotConnected(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.AccessDenied => new VmsupException(
            new Problem(ProblemKind.Forbidden, $"you may not open the daemon's socket {path}: be root or in the daemon's group"), innerException: e),
        SocketError.ConnectionRefused => new VmsupUnreachableException(
            $"no daemon listens at {path}: it has stopped or was killed (start vmsupd, or tell --socket PATH)", wasSent: false, e),
        _ when !File.Exists(path) => new VmsupUnreachableException(
            $"no daemon at {path}: the socket does not exist (start vmsupd, or tell --socket PATH)", wasSent: false, e),
        _ => new VmsupUnreachableException($"no connection to the daemon at {path}: {e.Message}", wasSent: false, e),
    };
}
