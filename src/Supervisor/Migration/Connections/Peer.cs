namespace VmSupervisor.Migration.Connections;

/// <summary>What is known of a peer: its two connections and what went wrong last.</summary>
internal sealed class Peer(string name, string address, IPeerTransport transport, TimeProvider time) : IPeer
{
    private readonly Lock _lock = new();
    private readonly List<Action<PeerChange>> _watchers = [];
    private PeerLink? _dialed;
    private PeerLink? _accepted;
    private DateTimeOffset _since = time.GetUtcNow();
    private (string Text, DateTimeOffset At)? _lastError;

    public string Name { get; } = name;

    public string Address { get; } = address;

    public PeerSession? Dialed => Link(PeerDirection.Dialed)?.Session;

    public PeerSession? Accepted => Link(PeerDirection.Accepted)?.Session;

    /// <summary>Since when the dialed connection is there or not there, and what was the last that went wrong with it.</summary>
    public PeerStatus Status
    {
        get
        {
            lock (_lock)
                return new PeerStatus(_dialed?.Session, _accepted?.Session, _dialed?.RoundTrip, _since, _lastError?.Text, _lastError?.At);
        }
    }

    public PeerLink? Link(PeerDirection direction)
    {
        lock (_lock)
            return direction == PeerDirection.Dialed ? _dialed : _accepted;
    }

    public IDisposable Watch(Action<PeerChange> told)
    {
        lock (_lock)
        {
            _watchers.Add(told);
            foreach (var link in new[] { _dialed, _accepted })
            {
                if (link is not null)
                    told(new PeerChange(link.Session, null));
            }
        }

        return new Registration(() =>
        {
            lock (_lock)
                _watchers.Remove(told);
        });
    }

    public async Task<PeerReply> AskAsync(PeerMessage message, TimeSpan deadline, CancellationToken cancellationToken = default) =>
        await Required().AskAsync(message, deadline, cancellationToken);

    public async Task<Stream> OpenStreamAsync(string name, CancellationToken cancellationToken = default)
    {
        var session = Required().Session;
        Stream stream;
        try
        {
            stream = await transport.OpenStreamAsync(Name, session.Id, name, cancellationToken);
        }
        catch (PeerChannelException e)
        {
            throw new PeerException(session.Ended is null ? PeerFailure.Refused : PeerFailure.Lost, $"stream '{name}' to {Name}: {e.Message}");
        }

        return new SessionStream(stream, session);
    }

    /// <summary>A connection is there. An older one of the same direction is replaced: its peer has given it up.</summary>
    public void Begin(PeerLink link)
    {
        // First the end of the older one, then the beginning of this one; never both ended and in place.
        while (Replaced(link) is { } older)
            older.End($"replaced by a newer connection of {Name}", tell: true);
    }

    /// <summary>An attempt to connect failed.</summary>
    public void Failed(string reason)
    {
        lock (_lock)
            _lastError = (reason, time.GetUtcNow());
    }

    private PeerLink? Replaced(PeerLink link)
    {
        lock (_lock)
        {
            ref var place = ref link.Session.Direction == PeerDirection.Dialed ? ref _dialed : ref _accepted;
            if (place is not null)
                return place;
            place = link;
            if (link.Session.Direction == PeerDirection.Dialed)
                _since = time.GetUtcNow();
            Tell(new PeerChange(link.Session, null));
            link.Session.Watch(reason => Ended(link, reason));
            return null;
        }
    }

    private void Tell(PeerChange change)
    {
        foreach (var told in _watchers.ToArray())
            told(change);
    }

    private void Ended(PeerLink link, string reason)
    {
        lock (_lock)
        {
            ref var place = ref link.Session.Direction == PeerDirection.Dialed ? ref _dialed : ref _accepted;
            if (place == link)
                place = null;
            if (link.Session.Direction == PeerDirection.Dialed)
            {
                _since = time.GetUtcNow();
                _lastError = (reason, _since);
            }

            Tell(new PeerChange(link.Session, reason));
        }
    }

    private PeerLink Required()
    {
        lock (_lock)
        {
            return _dialed ?? throw new PeerException(
                PeerFailure.NotConnected, $"no connection with {Name} ({Address}){(_lastError is { } error ? $": {error.Text}" : "")}");
        }
    }
}

/// <param name="Dialed">The connection of this node with the peer; null when there is none.</param>
/// <param name="Accepted">The connection of the peer with this node; null when there is none.</param>
/// <param name="RoundTrip">Of the last ping; null before the first.</param>
/// <param name="Since">Since when the dialed connection is there, or is not.</param>
/// <param name="LastError">What went wrong last; null for nothing yet.</param>
/// <param name="LastErrorAt">When.</param>
internal sealed record PeerStatus(
    PeerSession? Dialed, PeerSession? Accepted, TimeSpan? RoundTrip, DateTimeOffset Since, string? LastError, DateTimeOffset? LastErrorAt);
