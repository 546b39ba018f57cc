namespace VmSupervisor.Client.Cluster;

/// <summary>The pauses between attempts: twice as long each time, and spread over their second half.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest, ulong seed)
{
    private ulong state = seed;
    private TimeSpan? next;

    /// <summary>It has succeeded: the next pause is a first one.</summary>
    public void Reset() => next = null;

    public TimeSpan Next()
    {
        var pause = next ?? first;
        next = pause * 2 < longest ? pause * 2 : longest;
        return pause * (0.5 + (Random() / 2));
    }

    // SplitMix64: 0 to 1.
    private double Random()
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
