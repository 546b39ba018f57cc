using VmSupervisor.Domain;

namespace VmSupervisor.Migration.Conversations;

/// <summary>When the source of a session was last heard of, for sessions that are watched.</summary>
internal sealed class Leases(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<MigrationSession, long> _heard = [];

    /// <summary>Begins a lease; it is held until the result is disposed.</summary>
    public IDisposable Begin(MigrationSession session)
    {
        lock (_lock)
            _heard[session] = time.GetTimestamp();
        return new Registration(() =>
        {
            lock (_lock)
                _heard.Remove(session);
        });
    }

    /// <summary>Its source was heard of.</summary>
    public void Renew(MigrationSession session)
    {
        lock (_lock)
        {
            if (_heard.ContainsKey(session))
                _heard[session] = time.GetTimestamp();
        }
    }

    /// <summary>For how long its source was not heard of.</summary>
    public TimeSpan SilenceOf(MigrationSession session)
    {
        lock (_lock)
            return _heard.TryGetValue(session, out var at) ? time.GetElapsedTime(at) : TimeSpan.Zero;
    }
}
