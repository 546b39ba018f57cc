namespace VmSupervisor.AspNetCore.Limits;

/// <summary>
/// A bucket of permits for each of many keys: so many at once, and so many a second from then on. Keys are bounded, too:
/// when there are too many, those who have used nothing lately are forgotten, and whoever finds no place shares one bucket.
/// </summary>
/// <param name="perSecond">How fast permits come back.</param>
/// <param name="burst">How many there are at most.</param>
/// <param name="time">The clock.</param>
/// <param name="mostKeys">How many keys are remembered.</param>
internal sealed class KeyedBuckets(double perSecond, double burst, TimeProvider time, int mostKeys = 4096)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Bucket> _buckets = [];
    private readonly Bucket _shared = new() { Left = burst, At = time.GetTimestamp() };

    /// <summary>Takes a permit.</summary>
    /// <param name="key">Whose.</param>
    /// <param name="missed">How many were not given since the last one that was.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryTake(string key, out long missed)
    {
        lock (_lock)
        {
            var bucket = Find(key);
            Refill(bucket);
            missed = bucket.Missed;
            if (bucket.Left < 1)
            {
                bucket.Missed++;
                return false;
            }

            bucket.Left--;
            bucket.Missed = 0;
            return true;
        }
    }

    private Bucket Find(string key)
    {
        if (_buckets.TryGetValue(key, out var found))
            return found;
        if (_buckets.Count >= mostKeys)
            Forget();
        return _buckets.Count >= mostKeys ? _shared : _buckets[key] = new Bucket { Left = burst, At = time.GetTimestamp() };
    }

    // A full bucket is as good as none.
    private void Forget()
    {
        foreach (var (key, bucket) in _buckets)
        {
            Refill(bucket);
            if (bucket.Left >= burst)
                _buckets.Remove(key);
        }
    }

    private void Refill(Bucket bucket)
    {
        var now = time.GetTimestamp();
        bucket.Left = Math.Min(burst, bucket.Left + (time.GetElapsedTime(bucket.At, now).TotalSeconds * perSecond));
        bucket.At = now;
    }

    private sealed class Bucket
    {
        public double Left { get; set; }

        public long At { get; set; }

        public long Missed { get; set; }
    }
}
