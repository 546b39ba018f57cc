namespace VmSupervisor.Chaos.Observer;

/// <summary>
/// Volumes are given back in the reverse order of their activation, one call at a time, not under a living process, and
/// before the next life: all of them, or (kept on purpose) none.
/// </summary>
/// <param name="violations">Where it is told.</param>
/// <param name="lives">Whether a process is a script of the VM: one that was killed has not written its end.</param>
internal sealed class VolumeRules(Violations violations, Func<int, int, bool> lives)
{
    private readonly Dictionary<int, Volumes> all = [];

    public int Calls { get; private set; }

    /// <summary>When each inactive volume's last deactivation began, in seconds since the boot.</summary>
    public IEnumerable<(string Volume, double Since)> Given() => all.Values.SelectMany(v => v.GivenSince).Select(p => (p.Key, p.Value));

    public void See(VolumeNote note)
    {
        var volumes = Of(note.Vm);
        var told = $"vm {note.Vm}: {note.Action} of {note.Volume}";
        if (note.Word == "begin")
        {
            Calls++;
            if (volumes.Open.TryGetValue(note.Volume, out var open) && lives(open.Pid, note.Vm))
                violations.Add($"{told} was called while {open.Action} (process {open.Pid}) was running");
            volumes.Open[note.Volume] = note;
            Begin(volumes, note, told);
            return;
        }

        volumes.Open.Remove(note.Volume);
        if (note.Word == "ok" && note.Action == "activate")
        {
            volumes.Active.Add(note.Volume);
            volumes.Returned.Remove(note.Volume);
        }
        else if (note.Word == "ok" && volumes.Active.Remove(note.Volume))
        {
            volumes.Returned.Add(note.Volume);
        }
    }

    /// <summary>A new life of the VM begins.</summary>
    public void SeeStart(HookNote note)
    {
        var volumes = Of(note.Vm);
        var told = $"vm {note.Vm} life {note.Life}: pre-start began";
        if (volumes.Open.Values.FirstOrDefault(open => lives(open.Pid, note.Vm)) is { } call)
            violations.Add($"{told} while {call.Action} of {call.Volume} (process {call.Pid}) was running");
        if (volumes.Active.Count > 0 && volumes.Returned.Count > 0)
            violations.Add($"{told} when {string.Join(", ", volumes.Returned)} had been given back and {string.Join(", ", volumes.Active)} had not");
        volumes.Tried.Clear();
        volumes.Returned.Clear();
    }

    private void Begin(Volumes volumes, VolumeNote note, string told)
    {
        if (note.Action == "activate")
        {
            volumes.GivenSince.Remove(note.Volume);
            volumes.Tried.Clear();
            return;
        }

        volumes.GivenSince[note.Volume] = note.At;
        if (note.Alive > 0)
            violations.Add($"{told} was called while {note.Alive} QEMU used it");

        // Its first try in this cleanup. A VM's volumes are activated in the order of their names.
        if (volumes.Tried.Contains(note.Volume))
            return;
        if (volumes.Tried is [.., var last] && string.CompareOrdinal(note.Volume, last) > 0)
            violations.Add($"{told} came after that of {last}, which was activated before it");
        volumes.Tried.Add(note.Volume);
    }

    private Volumes Of(int vm)
    {
        if (!all.TryGetValue(vm, out var volumes))
            all[vm] = volumes = new Volumes();
        return volumes;
    }

    private sealed class Volumes
    {
        public SortedSet<string> Active { get; } = new(StringComparer.Ordinal);

        /// <summary>Those that were given back since the last life began.</summary>
        public SortedSet<string> Returned { get; } = new(StringComparer.Ordinal);

        public List<string> Tried { get; } = [];

        public Dictionary<string, VolumeNote> Open { get; } = [];

        public Dictionary<string, double> GivenSince { get; } = [];
    }
}
