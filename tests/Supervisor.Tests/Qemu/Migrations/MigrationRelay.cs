using System.Net.Sockets;
using System.Threading.Channels;
using VmSupervisor.Domain;
using VmSupervisor.Qemu;

namespace VmSupervisor.Supervisor.Tests.Qemu.Migrations;

/// <summary>
/// Stands between the two ends. Held, it takes all that the source sends and passes none of it on: to the source it is a
/// target that has been sent everything and says nothing. A target that is frozen instead lets the socket's buffer fill
/// (what a switch-over sends may be more), and then the source's whole monitor hangs.
/// </summary>
internal sealed class MigrationRelay : IAsyncDisposable
{
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Channel<byte[]> taken = Channel.CreateUnbounded<byte[]>();
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task running;
    private volatile Task passes = Task.CompletedTask;

    public MigrationRelay(string path, MigrationAddress.Unix target)
    {
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        At = new(path);
        running = RunAsync(target.Path);
    }

    public MigrationAddress.Unix At { get; }

    public void Hold() => passes = released.Task;

    /// <summary>Passes on what was held, and then that the source has closed if it has.</summary>
    public void Release() => released.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        Release();
        await running;
    }

    private async Task RunAsync(string path)
    {
        try
        {
            using var source = await listener.AcceptAsync();
            using var target = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await target.ConnectAsync(new UnixDomainSocketEndPoint(path));
            await Task.WhenAll(TakeAsync(source), PassAsync(target), AnswerAsync(target, source));
        }
        catch (SocketException)
        {
            // Nobody came, or an end is gone: the other sees that its connection is closed.
        }
    }

    private async Task TakeAsync(Socket source)
    {
        var buffer = new byte[1 << 16];
        while (await ReceiveAsync(source, buffer) is > 0 and var count)
            taken.Writer.TryWrite(buffer[..count]);
        taken.Writer.Complete();
    }

    private async Task PassAsync(Socket target)
    {
        try
        {
            await foreach (var some in taken.Reader.ReadAllAsync())
            {
                await passes;
                await target.SendAsync(some);
            }

            await passes;
            target.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The target is gone; what it would have said ends as well.
        }
    }

    private static async Task AnswerAsync(Socket target, Socket source)
    {
        var buffer = new byte[1 << 12];
        try
        {
            while (await ReceiveAsync(target, buffer) is > 0 and var count)
                await source.SendAsync(buffer.AsMemory(0, count));
            source.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // The source has closed; what it sent before is still passed on.
        }
    }

    /// <summary>None at the end, of which one that dies with something unread makes a reset.</summary>
    private static async Task<int> ReceiveAsync(Socket socket, byte[] buffer)
    {
        try
        {
            return await socket.ReceiveAsync(buffer);
        }
        catch (SocketException)
        {
            return 0;
        }
    }
}
