using VmSupervisor.Linux;

namespace VmSupervisor.Doctor.Checks;

/// <summary>
/// Whether a QEMU lives whose command line names our run directory and that no VM owns. It is shown and never
/// signalled: what it is, a person decides.
/// </summary>
internal sealed class ProcessCheck(string runDirectory, string qemu, ProcFs processes, IKnownVms vms) : ICheck
{
    private readonly LifePaths paths = new(runDirectory);
    private readonly ProcessSight sight = new(runDirectory, qemu, processes, vms);

    public string Name => "processes";

    public Task<Finding> LookAsync(CancellationToken cancellationToken) => Task.FromResult(Look());

    private Finding Look()
    {
        var seen = sight.Look();
        if (!seen.Ready)
            return Finding.Warning("not told while the node starts or stops", "ask again when it is ready");
        var strays = seen.Unowned.Where(s => !s.IsOfUnrecovered).ToArray();
        if (strays.Length > 0)
        {
            return Finding.Failed(
                Finding.Several([.. strays.Select(s => $"process {s.Identity.Pid} ({s.Name}) uses {paths.NamedIn(s.Arguments)}, and no VM owns it")]),
                $"look at it: ps -fp {strays[0].Identity.Pid}. If nobody wants it: vmsup doctor --fix, which asks first. vmsupd never signals by itself what it does not own");
        }

        if (seen.Strangers.Count > 0)
        {
            return Finding.Failed(
                Finding.Several([.. seen.Strangers.Select(s => $"process {s.Pid} ({s.Name}) has the pid of vm {s.Vm}'s QEMU, and is another")]),
                $"leave it alone, as vmsupd does: it signals nothing whose start time and command line are not those it recorded. See the VM: vmsup show {seen.Strangers[0].Vm}");
        }

        return seen.Unowned.Count > 0
            ? Finding.Warning(
                Finding.Several([.. seen.Unowned.Select(s => $"process {s.Identity.Pid} ({s.Name}) is of a VM that could not be recovered")]),
                "leave it alone, see the check of recovery")
            : Finding.Ok($"{seen.Count} of ours, all owned by VMs");
    }
}
