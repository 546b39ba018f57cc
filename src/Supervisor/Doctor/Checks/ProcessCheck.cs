using VmSupervisor.Domain;
using VmSupervisor.Linux;

namespace VmSupervisor.Doctor.Checks;

/// <summary>
/// Whether a QEMU lives whose command line names our run directory and that no VM owns. It is shown and never
/// signalled: what it is, a person decides.
/// </summary>
internal sealed class ProcessCheck(string runDirectory, string qemu, ProcFs processes, IKnownVms vms) : ICheck
{
    private readonly LifePaths paths = new(runDirectory);

    public string Name => "processes";

    public Task<Finding> LookAsync(CancellationToken cancellationToken) => Task.FromResult(Look());

    private Finding Look()
    {
        // In this order: a VM is on the board as living before its process is born, and until after that has died. So
        // what was seen before, is not the board's now, and is still there after, is nobody's.
        var seen = processes.FindByRunDirectory(paths.All).Select(Describe).OfType<Seen>().ToArray();
        var known = vms.Look();
        if (!known.Ready)
            return Finding.Warning("not told while the node starts or stops", "ask again when it is ready");
        var unowned = seen.Where(s => !IsOwned(s, known) && IsStillThere(s)).ToArray();
        var strays = unowned.Where(s => !IsOfUnrecovered(s, known)).ToArray();
        if (strays.Length > 0)
        {
            return Finding.Failed(
                Finding.Several([.. strays.Select(s => $"process {s.Identity.Pid} ({s.Name}) uses {paths.NamedIn(s.Arguments)}, and no VM owns it")]),
                $"look at it: ps -fp {strays[0].Identity.Pid}. If nobody wants it: kill {strays[0].Identity.Pid}. vmsupd never signals what it does not own");
        }

        return unowned.Length > 0
            ? Finding.Warning(
                Finding.Several([.. unowned.Select(s => $"process {s.Identity.Pid} ({s.Name}) is of a VM that could not be recovered")]),
                "leave it alone, see the check of recovery")
            : Finding.Ok($"{seen.Length} of ours, all owned by VMs");
    }

    private Seen? Describe(int pid) =>
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
    private bool IsOwned(Seen process, KnownVms known) => known.Vms.Any(vm =>
        vm.Life is { } life && RunDirectoryArgument.IsNamedIn(process.Arguments, paths.Of(vm.Id, life))
        && (vm.Pid is not { } pid || pid == process.Identity.Pid || pid == process.Parent));

    private bool IsOfUnrecovered(Seen process, KnownVms known) =>
        known.Unrecovered.Any(u => RunDirectoryArgument.IsNamedIn(process.Arguments, paths.Of(u.Id)));

    private bool IsStillThere(Seen process) =>
        processes.Identify(process.Identity.Pid) == process.Identity && processes.ReadCommandLine(process.Identity.Pid) is { Count: > 0 };

    private sealed record Seen(ProcessIdentity Identity, int Parent, IReadOnlyList<string> Arguments)
    {
        public string Name => Path.GetFileName(Arguments[0]);
    }
}
