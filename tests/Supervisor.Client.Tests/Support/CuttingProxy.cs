using System.Collections.Concurrent;
using System.Net.Sockets;

namespace VmSupervisor.Client.Tests.Support;

/// <summary>A unix socket before another one, that cuts every connection after some bytes, as a seed decides.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("vmsup-proxy-");
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource end = new();
    private readonly ConcurrentBag<Task> carrying = [];
    private readonly string target;
    private readonly Random random;
    private readonly Task accepting;
    private volatile bool cuts = true;
    private int made;

    /// <param name="target">The socket behind it.</param>
    /// <param name="seed">Decides after how many bytes connections are cut.</param>
    public CuttingProxy(string target, int seed)
    {
        this.target = target;
        random = new Random(seed);
        Socket = Path.Combine(directory.FullName, "proxy.sock");
        listener.Bind(new UnixDomainSocketEndPoint(Socket));
        listener.Listen();
        accepting = AcceptAsync();
    }

    public string Socket { get; }

    /// <summary>How many connections there were.</summary>
    public int Connections => made;

    /// <summary>No connection is cut from here on but those that were made before.</summary>
    public void Relent() => cuts = false;

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        listener.Dispose();
        await Task.WhenAll([accepting, .. carrying]);
        directory.Delete(recursive: true);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptAsync(end.Token);

                // Enough for hello, so that every connection can do something.
                var budget = cuts ? random.Next(1500, 12_000) : int.MaxValue;
                made++;
                carrying.Add(CarryAsync(client, budget));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It is over.
        }
    }

    private async Task CarryAsync(Socket client, int budget)
    {
        using (client)
        {
            using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            using var cut = CancellationTokenSource.CreateLinkedTokenSource(end.Token);
            try
            {
                await server.ConnectAsync(new UnixDomainSocketEndPoint(target), cut.Token);
                var left = new Budget(budget);
                await Task.WhenAny(CopyAsync(client, server, left, cut.Token), CopyAsync(server, client, left, cut.Token));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // Nobody listens there.
            }

            await cut.CancelAsync();
        }
    }

    private static async Task CopyAsync(Socket from, Socket to, Budget budget, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        try
        {
            while (await from.ReceiveAsync(buffer, cancellationToken) is > 0 and var count)
            {
                // In the middle of a message, too.
                var allowed = budget.Take(count);
                await to.SendAsync(buffer.AsMemory(0, allowed), cancellationToken);
                if (allowed < count)
                    return;
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Cut.
        }
    }

    private sealed class Budget(int bytes)
    {
        private int left = bytes;

        public int Take(int count)
        {
            var before = Interlocked.Add(ref left, -count) + count;
            return Math.Clamp(before, 0, count);
        }
    }
}
