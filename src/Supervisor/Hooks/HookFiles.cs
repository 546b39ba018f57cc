using System.Globalization;
using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Linux;

namespace VmSupervisor.Hooks;

/// <summary>What a phase keeps in the state directory: <c>hooks/VM/INCARNATION/PHASE.*</c>.</summary>
internal sealed class HookFiles
{
    private const string Runner = "runner", Cancelled = "cancelled";
    private readonly string stem;

    public HookFiles(string state, VmId vm, Incarnation incarnation, HookPhase phase)
    {
        Directory = Path.Combine(OfVm(state, vm), incarnation.ToString());
        stem = Path.Combine(Directory, phase.Spell());
    }

    /// <summary>The incarnation's.</summary>
    public string Directory { get; }

    /// <summary>Held by the runner and by every hook of it: free means that nothing of the phase lives.</summary>
    public string Lock => stem + ".lock";

    /// <summary>Held by the runner alone.</summary>
    public string RunnerLock => stem + ".runner";

    /// <summary>The first bytes of what the hooks wrote; locked while it is written.</summary>
    public string Output => stem + ".output";

    /// <summary>What the runner itself had to say.</summary>
    public string Log => stem + ".log";

    /// <summary>There when the phase has ended.</summary>
    public string Result => stem + ".result";

    private string Claim => stem + ".claim";

    private string Group => stem + ".group";

    public bool IsClaimed => File.Exists(Claim);

    /// <summary>Where the incarnations of a VM are.</summary>
    public static string OfVm(string state, VmId vm) => Path.Combine(state, "hooks", vm.ToString());

    /// <summary>
    /// Makes the directories, durably: were they lost with the power, so would be the claim, and the hooks would run
    /// a second time.
    /// </summary>
    /// <exception cref="IOException">They could not be made.</exception>
    public void MakeDirectory()
    {
        var missing = new List<string>();
        for (var path = Directory; !System.IO.Directory.Exists(path); path = Path.GetDirectoryName(path)!)
            missing.Add(path);
        System.IO.Directory.CreateDirectory(Directory);
        foreach (var path in missing)
            DurableFile.SyncDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>Takes the claim so that no runner can; false when somebody has it.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public bool TryCancel() => DurableFile.TryCreate(Claim, Cancelled + "\n");

    /// <summary>Whether the claim is there, and was taken so that nothing runs.</summary>
    public bool IsCancelled() => Read(Claim).StartsWith(Cancelled, StringComparison.Ordinal);

    /// <summary>
    /// Waits while the claim is still empty: for an instant, between its creation and its maker's name. One who dies
    /// in between closes it, too.
    /// </summary>
    /// <exception cref="IOException">There is no claim.</exception>
    public async Task RunnerIsNamedAsync(Readiness readiness, CancellationToken cancellationToken)
    {
        if (ReadRunner() is not null)
            return;
        using var events = readiness.Files.Subscribe(Claim, FileEvents.Written);
        if (ReadRunner() is null)
            await events.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The runner that has the claim; null when there is none, or it is just about to write it.</summary>
    public ProcessIdentity? ReadRunner() => Read(Claim).Split(' ', '\n') is [Runner, var boot, var pid, var start, ..]
        && int.TryParse(pid, CultureInfo.InvariantCulture, out var id)
        && long.TryParse(start, CultureInfo.InvariantCulture, out var ticks)
            ? new ProcessIdentity(boot, id, ticks)
            : null;

    /// <summary>The process group of the hook that was begun last; null when none was.</summary>
    public int? ReadGroup() => ProcFs.ParseStat(Read(Group))?.Pid;

    /// <summary>What the runner had to say, in one line.</summary>
    public string ReadLog() => string.Join("; ", Read(Log).Split('\n', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The outcome; null while there is none.</summary>
    public HookOutcome? ReadOutcome() =>
        PlainFile.Read(Result) is { } text ? HookResult.Parse(text).ToOutcome(ReadOutput()) : null;

    /// <summary>
    /// Records a result unless there is one; the outcome that stands. A full disk keeps nobody from the answer: asked
    /// again, we would come to the same.
    /// </summary>
    public HookOutcome Record(HookResult result)
    {
        try
        {
            DurableFile.TryCreate(Result, result.ToString());
        }
        catch (IOException)
        {
            return result.ToOutcome(ReadOutput());
        }

        return ReadOutcome() ?? result.ToOutcome(ReadOutput());
    }

    private string ReadOutput() => Read(Output);

    private static string Read(string path) => PlainFile.Read(path) ?? "";
}
