using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace VmSupervisor.EndToEnd.Tests.Support;

/// <summary>
/// One connection to the daemon that stays open (HTTP/1.1 keep-alive), whose requests are bytes prepared beforehand: sending
/// one is a single write(2), which nothing can get in between.
/// </summary>
internal sealed class OpenSocket : IDisposable
{
    private readonly Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly byte[] buffer = new byte[64 << 10];

    public OpenSocket(string path) => socket.Connect(new UnixDomainSocketEndPoint(path));

    public static byte[] Post(string path, string operation) => Encoding.ASCII.GetBytes(
        $"POST {path} HTTP/1.1\r\nHost: vmsupd\r\nIdempotency-Key: {operation}\r\nContent-Length: 0\r\n\r\n");

    public void Send(byte[] request) => Assert.Equal(request.Length, socket.Send(request));

    public async Task<(int Status, string Body)> ReceiveAsync()
    {
        using var limit = new CancellationTokenSource(Limits.Step);
        var length = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length), limit.Token);
            Assert.True(read > 0, "the daemon has closed the connection");
            length += read;
            if (Parse(Encoding.UTF8.GetString(buffer, 0, length)) is { } answer)
                return answer;
        }
    }

    public void Dispose() => socket.Dispose();

    private static (int Status, string Body)? Parse(string text)
    {
        if (text.Split("\r\n\r\n", 2) is not [var head, var body])
            return null;
        const string field = "Content-Length: ";
        var line = Assert.Single(head.Split("\r\n"), l => l.StartsWith(field, StringComparison.OrdinalIgnoreCase));
        return Encoding.UTF8.GetByteCount(body) == int.Parse(line[field.Length..], CultureInfo.InvariantCulture)
            ? (int.Parse(head.Split(' ')[1], CultureInfo.InvariantCulture), body)
            : null;
    }
}
