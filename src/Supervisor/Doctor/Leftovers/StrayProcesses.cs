using System.Globalization;
using VmSupervisor.Contracts;
using VmSupervisor.Doctor.Checks;
using VmSupervisor.Domain;
using VmSupervisor.Linux;

namespace VmSupervisor.Doctor.Leftovers;

/// <summary>Processes whose command line names our run directory and that no VM owns.</summary>
/// <remarks>
/// Surely ours is what also holds the lock of the life that it names: only what we have launched ever inherits that. A
/// process that took over the pid of a QEMU of ours has another start time, names nothing of ours and is not seen here.
/// </remarks>
internal sealed class StrayProcesses(string runDirectory, string qemu, ProcFs processes, ExitWatcher exits, TimeProvider time, IKnownVms vms) : ILeftoverKind
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly LifePaths paths = new(runDirectory);
    private readonly ProcessSight sight = new(runDirectory, qemu, processes, vms);

    public IReadOnlyList<Leftover> Find() => sight.Look() is { Ready: true } seen ? [.. seen.Unowned.Select(Of)] : [];

    private Leftover Of(SeenProcess process)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"process-{process.Identity.Pid}-{process.Identity.StartTime}");
        var named = paths.NamedIn(process.Arguments);
        var found = $"process {process.Identity.Pid} ({process.Name}) uses {named}, and no VM owns it";
        var (vm, life) = paths.LifeOf(named);
        if (process.IsOfUnrecovered)
            return Leftover.LeftAlone(id, "process", vm, life, found, "its VM could not be recovered, so what belongs to it is not known");
        if (life.Value == 0 || !HoldsLock(process.Identity.Pid, paths.Of(vm, life)))
            return Leftover.LeftAlone(id, "process", vm, life, found, "it does not hold the lock that what we launch inherits: it may be somebody else's");
        return Leftover.Removable(
            id, "process", vm, life, found, "end it: SIGTERM, after 5 s SIGKILL; if it runs a guest, that guest is lost", token => EndAsync(process, token));
    }

    private bool HoldsLock(int pid, string life) => processes.ReadDescriptors(pid).Values.Contains(Path.Combine(life, "lock"));

    private async Task<string> EndAsync(SeenProcess process, CancellationToken cancellationToken)
    {
        // The handle first: what is looked at afterwards is about the process it stands for.
        using var handle = PidFd.Open(process.Identity.Pid);
        if (handle is null || processes.Identify(process.Identity.Pid) != process.Identity)
            return "it had ended";
        foreach (var signal in new[] { Signal.Terminate, Signal.Kill })
        {
            handle.Signal(signal);
            try
            {
                await exits.WaitAsync(handle, cancellationToken).WaitAsync(Patience, time, cancellationToken);
                return $"it was ended with {(signal == Signal.Kill ? "SIGKILL" : "SIGTERM")}";
            }
            catch (TimeoutException)
            {
                // The next signal, or none is left.
            }
        }

        throw new IOException($"process {process.Identity.Pid} does not end after SIGKILL (uninterruptible sleep?)");
    }
}
