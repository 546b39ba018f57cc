using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Json;
using VmSupervisor.Migration.Connections;

namespace VmSupervisor.AspNetCore.Peers;

/// <summary>Reaches peers by WebSockets at <c>/v1/peers</c> of their daemons, over unix sockets or TLS.</summary>
internal sealed class PeerTransport : IPeerTransport, IDisposable
{
    private static readonly TimeSpan StreamGoodbye = TimeSpan.FromSeconds(1);

    private readonly string _node;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, PeerDoor> _doors;

    public PeerTransport(PeerOptions options, TimeProvider time)
    {
        _node = options.Settings.Node;
        _time = time;
        _doors = options.Nodes.ToDictionary(node => node.Key, node => new PeerDoor(node.Key, node.Value, options.Certificates));
    }

    public async Task<IPeerChannel> DialAsync(string peer, CancellationToken cancellationToken) =>
        new WebSocketChannel(await UpgradeAsync(peer, $"v1/peers/{Uri.EscapeDataString(_node)}", cancellationToken), _time);

    public async Task<Stream> OpenStreamAsync(string peer, string session, string name, CancellationToken cancellationToken)
    {
        var path = $"v1/peers/{Uri.EscapeDataString(_node)}/stream?session={Uri.EscapeDataString(session)}&name={Uri.EscapeDataString(name)}";
        return WebSocketStream.Create(await UpgradeAsync(peer, path, cancellationToken), WebSocketMessageType.Binary, StreamGoodbye);
    }

    public void Dispose()
    {
        foreach (var door in _doors.Values)
            door.Dispose();
    }

    // Not by ClientWebSocket, which keeps the body of a refusal to itself, where the reason is.
    private async Task<WebSocket> UpgradeAsync(string peer, string path, CancellationToken cancellationToken)
    {
        var door = _doors[peer];
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(door.Base, path));
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "websocket");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Version", "13");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Key", "dm1zdXAgYSBub25jZSAxNg==");
        try
        {
            var response = await door.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (response.StatusCode == HttpStatusCode.SwitchingProtocols)
            {
                var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
                return WebSocket.CreateFromStream(stream, new WebSocketCreationOptions());
            }

            using (response)
                throw new PeerChannelException(await RefusalAsync(response, cancellationToken));
        }
        catch (Exception e) when (e is HttpRequestException || (e is IOException and not PeerChannelException))
        {
            throw new PeerChannelException(door.Explain(e), e);
        }
    }

    private static async Task<string> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType != ProblemDocument.MediaType)
            return $"it answers with status {(int)response.StatusCode}, as no vmsupd does";
        var document = await response.Content.ReadFromJsonAsync<ProblemDocument>(ContractsJson.Options, cancellationToken);
        return $"refused by the peer: {document?.Detail}";
    }
}
