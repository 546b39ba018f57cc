namespace VmSupervisor.Migration;

/// <summary>Who has dialed a connection.</summary>
internal enum PeerDirection
{
    /// <summary>This node.</summary>
    Dialed,

    /// <summary>The peer.</summary>
    Accepted,
}

/// <summary>A connection began (<see cref="Lost"/> is null), or ended.</summary>
/// <param name="Session">Which.</param>
/// <param name="Lost">Why it ended.</param>
internal sealed record PeerChange(PeerSession Session, string? Lost);

/// <summary>
/// One connection from its beginning to its end. Both ends know it by the same id. It never comes back: what follows an end
/// is another session, with another run of the peer's daemon if that was restarted.
/// </summary>
internal sealed class PeerSession(string id, string peer, string run, string version, PeerDirection direction, DateTimeOffset since)
{
    private readonly Lock _lock = new();
    private readonly List<Action<string>> _watchers = [];
    private string? _ended;

    /// <summary>Chosen by who dialed.</summary>
    public string Id { get; } = id;

    /// <summary>The peer's name.</summary>
    public string Peer { get; } = peer;

    /// <summary>Which run of the peer's daemon: another one after every start.</summary>
    public string Run { get; } = run;

    /// <summary>The peer's version.</summary>
    public string Version { get; } = version;

    public PeerDirection Direction { get; } = direction;

    /// <summary>When it began.</summary>
    public DateTimeOffset Since { get; } = since;

    /// <summary>Why it ended; null while it is there.</summary>
    public string? Ended
    {
        get
        {
            lock (_lock)
                return _ended;
        }
    }

    /// <summary>
    /// Tells the end once, with its reason; at once when that was before, so that no end is missed. Must not block.
    /// </summary>
    public IDisposable Watch(Action<string> ended)
    {
        lock (_lock)
        {
            if (_ended is null)
            {
                _watchers.Add(ended);
                return new Registration(() => Forget(ended));
            }
        }

        ended(_ended);
        return new Registration(static () => { });
    }

    /// <summary>The first reason counts.</summary>
    internal bool End(string reason)
    {
        Action<string>[] watchers;
        lock (_lock)
        {
            if (_ended is not null)
                return false;
            _ended = reason;
            watchers = [.. _watchers];
            _watchers.Clear();
        }

        foreach (var watcher in watchers)
            watcher(reason);
        return true;
    }

    private void Forget(Action<string> watcher)
    {
        lock (_lock)
            _watchers.Remove(watcher);
    }
}
