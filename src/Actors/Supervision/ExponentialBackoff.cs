namespace VmSupervisor.Actors.Supervision;

/// <summary>How long a restart waits: the delay doubles with every restart, up to a limit.</summary>
/// <param name="Min">The first delay.</param>
/// <param name="Max">The longest delay, before jitter.</param>
/// <param name="Jitter">A random part of the delay, from 0 (none) to this fraction of it, is added; 0.2 by default, as in Akka.</param>
public sealed record ExponentialBackoff(TimeSpan Min, TimeSpan Max, double Jitter = 0.2)
{
    /// <summary>A child that ran this long without a failure starts from <see cref="Min"/> again; <see cref="Max"/> by default.</summary>
    public TimeSpan? ResetAfter { get; init; }

    internal TimeSpan Delay(int restart, double random)
    {
        // 2^30 times any positive minimum is beyond a limit that somebody would wait for.
        var factor = 1L << Math.Min(restart - 1, 30);
        var delay = Min.Ticks > Max.Ticks / factor ? Max : Min * factor;
        return delay * (1 + (Jitter * random));
    }
}
