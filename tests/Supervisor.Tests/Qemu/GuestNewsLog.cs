using System.Threading.Channels;
using VmSupervisor.Domain;
using VmSupervisor.Qemu;

namespace VmSupervisor.Supervisor.Tests.Qemu;

/// <summary>Follows a guest and hands out its news one by one.</summary>
internal sealed class GuestNewsLog : IAsyncDisposable
{
    private readonly Channel<GuestNews> news = Channel.CreateUnbounded<GuestNews>();
    private readonly CancellationTokenSource stop = new();

    public GuestNewsLog(Hypervisor hypervisor, ProcessKey key) =>
        Ended = hypervisor.FollowGuestAsync(key, one => news.Writer.TryWrite(one), stop.Token);

    public Task<string> Ended { get; }

    public Task<GuestNews> NextAsync() => news.Reader.ReadAsync().AsTask().WaitAsync(QemuFixture.Patience);

    public async Task StateAsync(GuestState state) => Assert.Equal(new GuestNews.State(state), await NextAsync());

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Ended;
        stop.Dispose();
    }
}
