using System.Net.Sockets;

namespace VmSupervisor.Migrations.Tests.Peers;

/// <summary>
/// The network between a daemon that dials and one that accepts, over unix sockets: it can be cut (connections end, and there
/// are no new ones), be a black hole (they stay open, and nothing arrives), and hold or lose single messages.
/// </summary>
internal sealed class PeerProxy : IAsyncDisposable
{
    private readonly string _path;
    private readonly string _target;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _over = new();
    private readonly Lock _lock = new();
    private readonly List<Hold> _holds = [];
    private readonly Task _accepting;
    private CancellationTokenSource _cut = new();
    private TaskCompletionSource _open = Opened();
    private bool _isCut;

    /// <param name="path">Where it listens.</param>
    /// <param name="target">The socket of the daemon behind it.</param>
    public PeerProxy(string path, string target)
    {
        (_path, _target) = (path, target);
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    /// <summary>Holds the next message that matches, until it is let go.</summary>
    public Hold Hold(Func<PeerMessageSeen, bool> matches)
    {
        var hold = new Hold(matches);
        lock (_lock)
            _holds.Add(hold);
        return hold;
    }

    /// <summary>Ends all connections, and every new one at once.</summary>
    public void Cut()
    {
        CancellationTokenSource cut;
        lock (_lock)
            (_isCut, cut, _cut) = (true, _cut, new CancellationTokenSource());
        cut.Cancel();
    }

    /// <summary>Leaves the connections open and lets nothing through any more.</summary>
    public void Swallow()
    {
        lock (_lock)
            _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Carries everything again; what was held is lost.</summary>
    public void Heal()
    {
        lock (_lock)
        {
            _isCut = false;
            foreach (var hold in _holds)
                hold.Lose();
            _holds.Clear();
            _open.TrySetResult();
        }
    }

    /// <summary>Waits while it is a black hole.</summary>
    public Task PassAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
            return _open.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Whether a message is carried on, once that is decided.</summary>
    public Task<bool> MayGoAsync(PeerMessageSeen seen)
    {
        lock (_lock)
            return _holds.Select(hold => hold.TakeIfItMatches(seen)).FirstOrDefault(decision => decision is not null) ?? Task.FromResult(true);
    }

    public async ValueTask DisposeAsync()
    {
        Heal();
        await _over.CancelAsync();
        _listener.Dispose();
        await _accepting;
        File.Delete(_path);
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        open.SetResult();
        return open;
    }

    private async Task AcceptAsync()
    {
        var carried = new List<Task>();
        try
        {
            while (true)
            {
                var dialed = await _listener.AcceptAsync(_over.Token);
                CancellationToken? cut;
                lock (_lock)
                    cut = _isCut ? null : _cut.Token;
                if (cut is { } until)
                    carried.Add(CarryAsync(dialed, until));
                else
                    dialed.Dispose();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It is over.
        }

        await Task.WhenAll(carried);
    }

    private async Task CarryAsync(Socket dialed, CancellationToken cut)
    {
        using var until = CancellationTokenSource.CreateLinkedTokenSource(cut, _over.Token);
        using var accepting = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using (dialed)
        {
            try
            {
                await accepting.ConnectAsync(new UnixDomainSocketEndPoint(_target), until.Token);
                await using var from = new NetworkStream(dialed);
                await using var to = new NetworkStream(accepting);
                await new CarriedConnection(this, from, to).RunAsync(until.Token);
            }
            catch (Exception e) when (CarriedConnection.IsItsEnd(e))
            {
                // Either side is gone, or it is cut.
            }
        }
    }
}
