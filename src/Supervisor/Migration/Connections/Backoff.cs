using VmSupervisor.Actors;

namespace VmSupervisor.Migration.Connections;

/// <summary>
/// How long to wait before the next attempt: twice as long after each failure, up to a limit, of which up to half is left
/// out at random, so that nodes which lost one together do not come back together.
/// </summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest, long seed)
{
    private readonly SeededRandom _random = new(seed);
    private int _failures;

    public TimeSpan Next()
    {
        // 2^20 times the first delay is beyond every limit, and no overflow.
        var full = Math.Min(longest.Ticks, first.Ticks * Math.Pow(2, Math.Min(_failures++, 20)));
        return TimeSpan.FromTicks((long)(full * (1 - (_random.NextDouble() / 2))));
    }

    public void Reset() => _failures = 0;
}
