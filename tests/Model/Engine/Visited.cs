namespace VmSupervisor.Model.Engine;

/// <summary>Every state ever seen, by fingerprint, and how it was first reached: about 45 bytes a state.</summary>
internal sealed class Visited
{
    private const int ShardBits = 6;
    private const int PageBits = 18;

    private readonly Shard[] _shards = [.. Enumerable.Range(0, 1 << ShardBits).Select(_ => new Shard())];
    private readonly Origin[][] _origins = new Origin[1 << (31 - PageBits)][];
    private readonly Lock _lock = new();
    private int _count;

    public int Count => _count;

    public Origin this[int id] => _origins[id >> PageBits][id & ((1 << PageBits) - 1)];

    /// <summary>The state's number; whether it is new.</summary>
    public (int Id, bool New) Add(Fingerprint key, Origin origin)
    {
        var shard = _shards[key.High >> (64 - ShardBits)];
        lock (shard)
        {
            ref var slot = ref shard.Find(key);
            if (slot.Id >= 0)
                return (slot.Id, false);
            var id = Interlocked.Increment(ref _count) - 1;
            slot = new Entry(key, id);
            shard.Added();
            Page(id)[id & ((1 << PageBits) - 1)] = origin;
            return (id, true);
        }
    }

    private Origin[] Page(int id)
    {
        ref var page = ref _origins[id >> PageBits];
        if (Volatile.Read(ref page) is { } there)
            return there;
        lock (_lock)
            return page ??= new Origin[1 << PageBits];
    }

    private struct Entry(Fingerprint key, int id)
    {
        private readonly int _number = id + 1;

        public readonly Fingerprint Key = key;

        public readonly int Id => _number - 1;
    }

    private sealed class Shard
    {
        private Entry[] _entries = new Entry[1024];
        private int _used;

        public ref Entry Find(Fingerprint key)
        {
            var mask = _entries.Length - 1;
            for (var i = (int)key.Low & mask; ; i = (i + 1) & mask)
            {
                ref var entry = ref _entries[i];
                if (entry.Id < 0 || entry.Key == key)
                    return ref entry;
            }
        }

        public void Added()
        {
            if (++_used < _entries.Length / 4 * 3)
                return;
            var old = _entries;
            _entries = new Entry[old.Length * 2];
            foreach (var entry in old)
            {
                if (entry.Id >= 0)
                    Find(entry.Key) = entry;
            }
        }
    }
}

/// <summary>How a state was first reached.</summary>
/// <param name="Parent">From which; -1 for a beginning.</param>
/// <param name="Choice">By which of its successors.</param>
internal readonly record struct Origin(int Parent, ushort Choice);
