namespace VmSupervisor.Migration.Connections;

/// <summary>A stream that breaks when its session ends.</summary>
internal sealed class SessionStream : DuplexStream
{
    private readonly Stream _inner;
    private readonly PeerSession _session;
    private readonly IDisposable _watch;

    public SessionStream(Stream inner, PeerSession session)
    {
        _inner = inner;
        _session = session;
        _watch = session.Watch(_ => inner.Dispose());
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var read = await _inner.ReadAsync(buffer, cancellationToken);
            return read > 0 || _session.Ended is null ? read : throw Broken(null);
        }
        catch (Exception e) when (_session.Ended is not null && e is not PeerChannelException)
        {
            throw Broken(e);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await _inner.WriteAsync(buffer, cancellationToken);
        }
        catch (Exception e) when (_session.Ended is not null)
        {
            throw Broken(e);
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => _inner.FlushAsync(cancellationToken);

    public override void Flush() => _inner.Flush();

    public override async ValueTask DisposeAsync()
    {
        _watch.Dispose();
        await _inner.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _watch.Dispose();
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private PeerChannelException Broken(Exception? inner) => new($"the connection with {_session.Peer} ended: {_session.Ended}", inner);
}
