using System.Net.Sockets;
using System.Net.WebSockets;

namespace VmSupervisor.Migration.Conversations;

/// <summary>
/// A socket of this host whose connections go on through the nodes' own connection. It ends with this process, and then
/// both QEMUs see their connection closed.
/// </summary>
internal sealed class Tunnel : IAsyncDisposable
{
    /// <summary>Large enough that the copying does not count: QEMU writes up to 32 KiB at once, multifd 512 KiB.</summary>
    private const int BufferSize = 256 << 10;

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _over = new();
    private readonly string _path;
    private readonly Func<CancellationToken, Task<Stream>> _open;
    private readonly Task _accepting;

    /// <param name="path">The socket; what is there goes.</param>
    /// <param name="open">Opens what a connection goes on by.</param>
    /// <exception cref="IOException">The socket cannot be made.</exception>
    public Tunnel(string path, Func<CancellationToken, Task<Stream>> open)
    {
        (_path, _open) = (path, open);
        try
        {
            File.Delete(path);
            _listener.Bind(new UnixDomainSocketEndPoint(path));
            _listener.Listen();
        }
        catch (SocketException e)
        {
            _listener.Dispose();
            throw new IOException($"{path}: {e.Message}", e);
        }

        _accepting = AcceptAsync();
    }

    /// <summary>Leads a stream to a socket of this host, until either ends.</summary>
    public static async Task LeadAsync(Stream stream, string path, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
        }
        catch (SocketException e)
        {
            throw new IOException($"{path}: {e.Message}", e);
        }

        await JoinAsync(socket, stream, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _over.Dispose();
        File.Delete(_path);
    }

    /// <summary>
    /// Both ways. QEMU's target says last of all that it has loaded everything, and closes at once: what it said has to arrive
    /// though nothing can be sent to it any more. So what comes from QEMU is carried to its end whatever becomes of the other way.
    /// </summary>
    private static async Task JoinAsync(Socket qemu, Stream stream, CancellationToken cancellationToken)
    {
        await using var here = new NetworkStream(qemu, ownsSocket: false);
        var toQemu = CarryToQemuAsync(stream, here, qemu, cancellationToken);
        await CarryAsync(here, stream, cancellationToken);

        // Closed and not cancelled: a WebSocket whose reading is cancelled is torn down, with what it has still to send.
        await stream.DisposeAsync();
        await toQemu;
    }

    private static async Task CarryToQemuAsync(Stream from, Stream to, Socket qemu, CancellationToken cancellationToken)
    {
        await CarryAsync(from, to, cancellationToken);
        try
        {
            // QEMU sees that nothing comes any more, and closes.
            qemu.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // It has closed already.
        }
    }

    /// <summary>Up to the end of either: QEMU has closed, or the other node's end is gone.</summary>
    private static async Task CarryAsync(Stream from, Stream to, CancellationToken cancellationToken)
    {
        try
        {
            await from.CopyToAsync(to, BufferSize, cancellationToken);
        }
        catch (Exception e) when (e is IOException or WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Both QEMUs see it, and their followers tell.
        }
    }

    private async Task AcceptAsync()
    {
        var carried = new List<Task>();
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync(_over.Token);
                carried.Add(CarryAsync(socket));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It is over.
        }

        await Task.WhenAll(carried);
    }

    /// <summary>QEMU sees the connection close when it cannot go on; why, the follower of the migration tells.</summary>
    private async Task CarryAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                await using var stream = await _open(_over.Token);
                await JoinAsync(socket, stream, _over.Token);
            }
            catch (Exception e) when (e is IOException or PeerException or OperationCanceledException)
            {
            }
        }
    }
}
