namespace VmSupervisor.Chaos.Observer;

/// <summary>
/// Hooks balance: each phase at most once in a life and in their order, one at a time, <c>post-stop</c> exactly once, when
/// nothing of the life is there any more, and before the next <c>pre-start</c>.
/// </summary>
/// <param name="violations">Where it is told.</param>
/// <param name="lives">Whether a process is a script of the VM: a hook that was killed has not written its end.</param>
internal sealed class HookRules(Violations violations, Func<int, int, bool> lives)
{
    private static readonly string[] Order = ["pre-start", "post-start", "pre-stop", "post-stop"];
    private readonly Dictionary<int, Life> current = [];

    /// <summary>Lives in which <c>pre-start</c> began.</summary>
    public int Lives { get; private set; }

    /// <summary>Lives of which only <c>post-stop</c> was seen.</summary>
    public int Silent { get; private set; }

    /// <summary>The life of the VM whose <c>post-stop</c> began; null while it has none.</summary>
    public long? Ended(int vm) => current.TryGetValue(vm, out var life) && life.Phases.Contains("post-stop") ? life.Number : null;

    public void See(HookNote note)
    {
        var told = $"vm {note.Vm} life {note.Life}: {note.Phase}";
        switch (note.Word)
        {
            case "begin":
                Begin(note, told);
                break;
            case "saw":
                NothingIsThere(note, told);
                break;
            default:
                End(note, told);
                break;
        }
    }

    public void AtTheEnd()
    {
        foreach (var (vm, life) in current)
            Balanced(vm, life, "the end");
    }

    private void Begin(HookNote note, string told)
    {

        current.TryGetValue(note.Vm, out var life);
        if (life?.Open is { } open && lives(open.Pid, note.Vm))
            violations.Add($"{told} began while {open.Phase} (process {open.Pid}) was running");
        if (life is null || note.Life > life.Number)
        {
            Balanced(note.Vm, life, told);

            // A pre-start that was not wanted any more may have been killed before its first word; then there is only the end.
            if (note.Phase == "post-stop")
                Silent++;
            else if (note.Phase != "pre-start")
                violations.Add($"{told} is the first hook of its life");
            current[note.Vm] = life = new Life(note.Life);
            Lives++;
        }
        else if (note.Life < life.Number)
        {
            violations.Add($"{told} began in the life {life.Number}");
            return;
        }
        else if (life.Phases is [.., var last] && Array.IndexOf(Order, note.Phase) <= Array.IndexOf(Order, last))
        {
            violations.Add($"{told} began after {last}");
        }

        life.Phases.Add(note.Phase);
        life.Open = note;
    }

    private void End(HookNote note, string told)
    {
        if (current.TryGetValue(note.Vm, out var life) && life.Open is { } open && (open.Life, open.Phase, open.Pid) == (note.Life, note.Phase, note.Pid))
            life.Open = null;
        else
            violations.Add($"{told} (process {note.Pid}) ended and was not the one that ran");
    }

    private void NothingIsThere(HookNote note, string told)
    {
        if (note.Alive > 0)
            violations.Add($"{told} ran while {note.Alive} QEMU of the VM lived");
        if (note.Directories > 0)
            violations.Add($"{told} ran while {note.Directories} run directories of the VM were there");
    }

    private void Balanced(int vm, Life? life, string before)
    {
        if (life is not null && !life.Phases.Contains("post-stop"))
            violations.Add($"vm {vm} life {life.Number} had no post-stop before {before}, only {string.Join(", ", life.Phases)}");
    }

    private sealed class Life(long number)
    {
        public long Number { get; } = number;

        public List<string> Phases { get; } = [];

        public HookNote? Open { get; set; }
    }
}
