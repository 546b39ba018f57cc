using VmSupervisor.Domain;

namespace VmSupervisor.Migration.Conversations;

/// <summary>When the source of a session was last heard of, for sessions that are watched.</summary>
internal sealed class Leases(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<MigrationSession, Lease> _leases = [];

    /// <summary>Begins a lease; it is held until the result is disposed.</summary>
    public IDisposable Begin(MigrationSession session)
    {
        var lease = new Lease { Heard = time.GetTimestamp() };
        lock (_lock)
            _leases[session] = lease;
        return new Registration(() =>
        {
            // Whoever watches it anew may have begun already.
            lock (_lock)
                ((ICollection<KeyValuePair<MigrationSession, Lease>>)_leases).Remove(new(session, lease));
        });
    }

    /// <summary>Its source was heard of.</summary>
    public void Renew(MigrationSession session)
    {
        lock (_lock)
        {
            if (_leases.TryGetValue(session, out var lease))
                lease.Heard = time.GetTimestamp();
        }
    }

    /// <summary>For how long its source was not heard of.</summary>
    public TimeSpan SilenceOf(MigrationSession session)
    {
        lock (_lock)
            return _leases.TryGetValue(session, out var lease) ? time.GetElapsedTime(lease.Heard) : TimeSpan.Zero;
    }

    private sealed class Lease
    {
        public long Heard { get; set; }
    }
}
