using VmSupervisor.Contracts;

namespace VmSupervisor.Consoles;

/// <summary>The logs that were begun anew lately: for readers who were too slow, how much they have missed.</summary>
internal sealed class Rotations
{
    private const int Kept = 64;
    private readonly Lock gate = new();
    private readonly Dictionary<VmId, Queue<(ulong File, long Size)>> byVm = [];

    public void Add(VmId vm, ulong file, long size)
    {
        lock (gate)
        {
            if (!byVm.TryGetValue(vm, out var all))
                byVm.Add(vm, all = new());
            all.Enqueue((file, size));
            if (all.Count > Kept)
                all.Dequeue();
        }
    }

    public void Forget(VmId vm)
    {
        lock (gate)
            byVm.Remove(vm);
    }

    /// <summary>How many bytes were written after one file and before another; null when that is not known any more.</summary>
    public long? Between(VmId vm, ulong after, ulong before)
    {
        lock (gate)
        {
            if (!byVm.TryGetValue(vm, out var all))
                return null;

            // The last ones of these numbers: a deleted file's may be given again.
            var list = all.ToList();
            var from = list.FindLastIndex(r => r.File == after);
            var to = list.FindLastIndex(r => r.File == before);
            return from < 0 ? null : list.Take(to > from ? to : list.Count).Skip(from + 1).Sum(r => r.Size);
        }
    }
}
