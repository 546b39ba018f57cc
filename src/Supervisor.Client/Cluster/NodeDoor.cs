using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Security.Authentication;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Client.Cluster;

/// <summary>The way to one node: opens WebSockets there, and has words for what is in the way.</summary>
internal sealed class NodeDoor : IDisposable
{
    private readonly NodeEndpoint endpoint;
    private readonly VmClusterOptions options;
    private readonly UnixSocketTransport? unix;
    private readonly HttpClient? https;

    public NodeDoor(NodeEndpoint endpoint, VmClusterOptions options)
    {
        this.endpoint = endpoint;
        this.options = options;
        switch (endpoint)
        {
            case NodeEndpoint.Unix local:
                unix = new UnixSocketTransport(local.Path, options.Time);
                break;
            case NodeEndpoint.Https remote:
                var handler = new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null };
                remote.Tls?.Invoke(handler.SslOptions);
                https = new HttpClient(handler) { BaseAddress = remote.Address, Timeout = System.Threading.Timeout.InfiniteTimeSpan };
                break;
        }
    }

    /// <exception cref="VmsupException">It does not open: what the node answers, or why nobody does.</exception>
    public async Task<WebSocket> OpenAsync(string path, CancellationToken cancellationToken)
    {
        using var request = Requests.Upgrade(path);
        if (endpoint is NodeEndpoint.Https { Token: { } token })
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await token(cancellationToken).ConfigureAwait(false));
        var response = unix is not null
            ? await unix.SendAsync(request, options.ConnectTimeout, cancellationToken).ConfigureAwait(false)
            : await SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.SwitchingProtocols)
        {
            var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            return WebSocket.CreateFromStream(stream, new WebSocketCreationOptions
            {
                KeepAliveInterval = options.KeepAlive,
                KeepAliveTimeout = options.KeepAlive,
            });
        }

        using (response)
            throw Answers.ProblemOf(response, await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
    }

    public void Dispose()
    {
        unix?.Dispose();
        https?.Dispose();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.ConnectTimeout, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await https!.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new VmsupException(
                new Problem(ProblemKind.TimedOut, $"{endpoint} does not answer within {options.ConnectTimeout.TotalSeconds:0} s"), innerException: e);
        }
        catch (HttpRequestException e)
        {
            var why = e.GetBaseException() is AuthenticationException tls ? $"no TLS connection: {tls.Message}" : e.GetBaseException().Message;
            throw new VmsupUnreachableException($"no connection to {endpoint}: {why.TrimEnd('.')}", wasSent: false, e);
        }
    }
}
