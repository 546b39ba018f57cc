using System.Globalization;

namespace VmSupervisor.EndToEnd.Tests.Support;

/// <summary>
/// What there really is: the processes of a node's directories as /proc shows them, their files, and what hooks have noted.
/// Nothing of it comes from the supervisor's books.
/// </summary>
internal sealed class World(string root, string runDirectory)
{
    private readonly string vms = Path.Combine(runDirectory, "vms");
    private readonly HashSet<string> forgotten = [];

    public string HookLog { get; } = Path.Combine(root, "hooks.log");

    /// <summary>QEMU processes, or what was launched in their place.</summary>
    public IReadOnlyList<WorldProcess> Processes() => [.. All().Where(p => p.Arguments.Any(a => a.Contains(vms + "/")))];

    public WorldProcess TheProcess(int vm) => Assert.Single(Processes(), p => p.Arguments.Any(a => a.Contains($"{vms}/{vm}/")));

    /// <summary>Whatever names this node's directory: QEMU, hooks and their runners, daemons, helpers.</summary>
    public IReadOnlyList<WorldProcess> Everything() => [.. All().Where(p => p.Arguments.Any(a => a.Contains(root)))];

    /// <summary>Run directories of incarnations.</summary>
    public IReadOnlyList<string> RunDirectories() =>
        Directory.Exists(vms) ? [.. Directory.GetDirectories(vms).SelectMany(Directory.GetDirectories).Order()] : [];

    public string FileOf(int vm, long incarnation, string name) => Path.Combine(vms, $"{vm}", $"{incarnation}", name);

    public static bool Lives(int pid) => Read(pid) is not null;

    public IReadOnlyList<HookNote> Hooks() =>
        File.Exists(HookLog) ? [.. File.ReadAllLines(HookLog).Select(HookNote.Parse)] : [];

    public IReadOnlyList<string> PhasesOf(int vm, long incarnation) =>
        [.. Hooks().Where(h => h.Vm == vm && h.Incarnation == incarnation && h.Word == "begin").Select(h => h.Phase)];

    /// <summary>Each phase at most once for each incarnation, in order, none within another, and no start without its end.</summary>
    public void AssertHooksBalance()
    {
        string[] order = ["pre-start", "post-start", "pre-stop", "post-stop"];
        foreach (var life in Hooks().GroupBy(h => (h.Vm, h.Incarnation)))
        {
            var notes = life.Select(h => $"{h.Phase} {h.Word}").ToArray();
            var told = $"vm {life.Key.Vm} incarnation {life.Key.Incarnation}: {string.Join(", ", notes)}";
            var phases = life.Where(h => h.Word == "begin").Select(h => h.Phase).ToArray();
            Assert.True(phases.SequenceEqual(order.Where(phases.Contains)), told);
            Assert.True(phases.Contains("pre-start") && phases.Contains("post-stop"), told);
            var whole = phases.SelectMany(p => forgotten.Contains(p) ? [$"{p} begin"] : new[] { $"{p} begin", $"{p} end" });
            Assert.True(notes.SequenceEqual(whole), told);
        }
    }

    /// <summary>Leaves a phase out of the check that hooks balance: one that was killed has not noted its end.</summary>
    public void Forget(string phase) => forgotten.Add(phase);

    public void AssertNothingIsLeft()
    {
        Assert.Empty(Everything());
        Assert.Empty(RunDirectories());
    }

    private static IEnumerable<WorldProcess> All()
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && Read(pid) is { } process)
                yield return process;
        }
    }

    // A zombie's command line is empty, and so is that of a process which is dying.
    private static WorldProcess? Read(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/cmdline");
            return text.Length == 0 || pid == Environment.ProcessId ? null : new WorldProcess(pid, text.TrimEnd('\0').Split('\0'));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

internal sealed record WorldProcess(int Pid, IReadOnlyList<string> Arguments)
{
    public override string ToString() => $"{Pid}: {string.Join(' ', Arguments)}";
}

internal sealed record HookNote(int Vm, long Incarnation, string Phase, string Cause, string Word, int Pid, string Operation, string Key)
{
    public static HookNote Parse(string line) => line.Split(' ') is [var vm, var incarnation, var phase, var cause, var word, var pid, var operation, var key]
        ? new(
            int.Parse(vm, CultureInfo.InvariantCulture), long.Parse(incarnation, CultureInfo.InvariantCulture), phase, cause, word,
            int.Parse(pid, CultureInfo.InvariantCulture), operation, key)
        : throw new FormatException($"not a line of the hook: {line}");
}
