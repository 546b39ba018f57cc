using VmSupervisor.Domain;
using VmSupervisor.Linux;

namespace VmSupervisor.Doctor.Checks;

/// <summary>Finds the QEMUs whose command line names our run directory, and those among them that no VM owns.</summary>
internal sealed class ProcessSight(string runDirectory, string qemu, ProcFs processes, IKnownVms vms)
{
    private readonly LifePaths paths = new(runDirectory);

    public SeenProcesses Look()
    {
        // In this order: a VM is on the board as living before its process is born, and until after that has died. So
        // what was seen before, is not the board's now, and is still there after, is nobody's.
        var seen = processes.FindByRunDirectory(paths.All).Select(Describe).OfType<SeenProcess>().ToArray();
        var known = vms.Look();
        return new(
            known.Ready,
            seen.Length,
            [.. seen.Where(s => !IsOwned(s, known) && IsStillThere(s)).Select(s => s with { IsOfUnrecovered = IsOfUnrecovered(s, known) })]);
    }

    private SeenProcess? Describe(int pid) =>
        processes.Identify(pid) is { } identity && processes.ReadStat(pid) is { } stat && processes.ReadCommandLine(pid) is { Count: > 0 } arguments
        && IsQemu(pid, arguments) ? new(identity, stat.Parent, arguments) : null;

    /// <summary>Not an editor or a tail of a person who reads a guest's log.</summary>
    private bool IsQemu(int pid, IReadOnlyList<string> arguments)
    {
        var name = Path.GetFileName(arguments[0]);
        return name.Contains("qemu", StringComparison.Ordinal) || name == Path.GetFileName(qemu)
            || processes.ReadDescriptors(pid).Values.Any(f => f.StartsWith(paths.All + "/", StringComparison.Ordinal) && f.EndsWith("/lock", StringComparison.Ordinal));
    }

    /// <summary>Its VM's living process, or one that this is about to become something else of: a child between fork and exec.</summary>
    private bool IsOwned(SeenProcess process, KnownVms known) => known.Vms.Any(vm =>
        vm.Life is { } life && RunDirectoryArgument.IsNamedIn(process.Arguments, paths.Of(vm.Id, life))
        && (vm.Pid is not { } pid || pid == process.Identity.Pid || pid == process.Parent));

    private bool IsOfUnrecovered(SeenProcess process, KnownVms known) =>
        known.Unrecovered.Any(u => RunDirectoryArgument.IsNamedIn(process.Arguments, paths.Of(u.Id)));

    private bool IsStillThere(SeenProcess process) =>
        processes.Identify(process.Identity.Pid) == process.Identity && processes.ReadCommandLine(process.Identity.Pid) is { Count: > 0 };
}

/// <summary>What was seen.</summary>
/// <param name="Ready">Whether it can be told what belongs to whom.</param>
/// <param name="Count">How many there are in all.</param>
/// <param name="Unowned">Those that no VM owns.</param>
internal sealed record SeenProcesses(bool Ready, int Count, IReadOnlyList<SeenProcess> Unowned);

/// <summary>A process whose command line names our run directory.</summary>
/// <param name="Identity">Who it is.</param>
/// <param name="Parent">Its parent.</param>
/// <param name="Arguments">Its command line.</param>
internal sealed record SeenProcess(ProcessIdentity Identity, int Parent, IReadOnlyList<string> Arguments)
{
    public string Name => Path.GetFileName(Arguments[0]);

    /// <summary>Whether its VM could not be recovered.</summary>
    public bool IsOfUnrecovered { get; init; }
}
