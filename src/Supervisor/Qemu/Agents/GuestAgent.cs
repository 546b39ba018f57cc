using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Qemu.Agents;

/// <summary>
/// A connection to the program in the guest that obeys the host (<c>qemu-ga</c>). QEMU takes the connection whether or not
/// anybody listens in the guest, so only an answer proves an agent.
/// </summary>
internal sealed class GuestAgent : IDisposable
{
    private const byte Delimiter = 0xff;
    private const int LongestAnswer = 1 << 20;
    private readonly NetworkStream stream;
    private readonly TimeProvider time;
    private readonly byte[] buffer = new byte[4096];
    private int start;
    private int end;

    private GuestAgent(Socket socket, TimeProvider time) => (stream, this.time) = (new NetworkStream(socket, ownsSocket: true), time);

    /// <summary>Connects; null when there is no socket or nobody behind it.</summary>
    public static async Task<GuestAgent?> ConnectAsync(string path, TimeSpan limit, TimeProvider time)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using var deadline = new CancellationTokenSource(limit, time);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), deadline.Token);
            return new GuestAgent(socket, time);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ArgumentException)
        {
            socket.Dispose();
            return null;
        }
    }

    /// <summary>
    /// Whether it answers within the limit. What it still had to say to a former client is skipped: the delimiter, which is
    /// in no valid text, goes before our question and before its answer.
    /// </summary>
    public async Task<bool> SynchroniseAsync(TimeSpan limit)
    {
        using var deadline = new CancellationTokenSource(limit, time);
        var id = time.GetTimestamp() & 0x7fff_ffff;
        try
        {
            await stream.WriteAsync((byte[])[Delimiter, .. Encoding.ASCII.GetBytes($$$"""{"execute": "guest-sync-delimited", "arguments": {"id": {{{id}}}}}""" + "\n")], deadline.Token);
            while (true)
            {
                while (await NextAsync(deadline.Token) != Delimiter)
                {
                    // Somebody else's answer.
                }

                if (await ReadAsync(deadline.Token) is { } answer && answer.TryNumber("return", out var number) && number == id)
                    return true;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Sends a command.</summary>
    /// <returns>Null when it was done; otherwise why not.</returns>
    public async Task<string?> ExecuteAsync(string command, TimeSpan limit)
    {
        using var deadline = new CancellationTokenSource(limit, time);
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($$"""{"execute": "{{command}}"}""" + "\n"), deadline.Token);
            return await ReadAsync(deadline.Token) is not { } answer ? "it answered something else than was asked for"
                : answer.TryField("return", out _) ? null
                : answer.TryField("error", out var error) && error.TryText("desc", out var description) ? QmpJson.Excerpt(description)
                : QmpJson.Excerpt(answer.GetRawText());
        }
        catch (OperationCanceledException)
        {
            return $"it did not answer within {limit.TotalSeconds:0.###} s";
        }
        catch (IOException e)
        {
            return e.Message;
        }
    }

    public void Dispose() => stream.Dispose();

    /// <summary>The next line that is not empty; null when it is no object.</summary>
    private async Task<JsonElement?> ReadAsync(CancellationToken cancellationToken)
    {
        var line = new List<byte>();
        while (true)
        {
            var next = await NextAsync(cancellationToken);
            if (next is (byte)'\n' && line.Count > 0)
                return QmpJson.TryParse(line.ToArray(), out var value) ? value : null;
            if (line.Count >= LongestAnswer)
                throw new IOException("it sent a line without end");
            if (next is not ((byte)'\n' or (byte)'\r' or Delimiter))
                line.Add(next);
        }
    }

    private async ValueTask<byte> NextAsync(CancellationToken cancellationToken)
    {
        if (start == end)
        {
            (start, end) = (0, await stream.ReadAsync(buffer, cancellationToken));
            if (end == 0)
                throw new IOException("the connection to the guest's agent was closed");
        }

        return buffer[start++];
    }
}
