using System.Net.Sockets;
using System.Text;
using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Supervisor.Tests.Qemu.Qmp;

/// <summary>The other end of a monitor socket, which says what the test wants.</summary>
internal sealed class FakeMonitor : IAsyncDisposable
{
    public const string Greeting = """{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "p"}, "capabilities": ["oob"]}}""" + "\r\n";

    private readonly TempDirectory directory = new();
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    private FakeMonitor()
    {
        var end = new UnixDomainSocketEndPoint(directory["qmp.sock"]);
        listener.Bind(end);
        listener.Listen();
        client.Connect(end);
        Server = new(listener.Accept(), ownsSocket: true);
        Reader = new(Server, Encoding.UTF8);
    }

    /// <summary>The peer's end.</summary>
    public NetworkStream Server { get; }

    /// <summary>What the client sent, by lines.</summary>
    public StreamReader Reader { get; }

    public static FakeMonitor Create() => new();

    /// <summary>A connection to a peer that greeted and negotiated.</summary>
    public static async Task<(FakeMonitor Peer, QmpConnection Connection)> NegotiatedAsync(QmpLimits? limits = null, bool outOfBand = true)
    {
        var peer = new FakeMonitor();
        var opening = peer.OpenAsync(limits: limits);
        await peer.SendAsync(outOfBand ? Greeting : Greeting.Replace("oob", "new", StringComparison.Ordinal));
        Assert.Equal(
            outOfBand ? "{\"execute\":\"qmp_capabilities\",\"arguments\":{\"enable\":[\"oob\"]},\"id\":1}" : "{\"execute\":\"qmp_capabilities\",\"id\":1}",
            await peer.Reader.ReadLineAsync());
        await peer.SendAsync("""{"return": {}, "id": 1}""" + "\r\n");
        return (peer, Assert.IsType<QmpOpened.Ready>(await opening).Connection);
    }

    public Task<QmpOpened> OpenAsync(TimeSpan? deadline = null, QmpLimits? limits = null, TimeProvider? time = null) => QmpConnection.OpenAsync(
        new NetworkStream(client, ownsSocket: true), deadline ?? TimeSpan.FromSeconds(60), time ?? TimeProvider.System, limits ?? new(), CancellationToken.None);

    public Task SendAsync(string text) => Server.WriteAsync(Encoding.UTF8.GetBytes(text)).AsTask();

    public ValueTask DisposeAsync()
    {
        Server.Dispose();
        client.Dispose();
        listener.Dispose();
        directory.Dispose();
        return ValueTask.CompletedTask;
    }
}
