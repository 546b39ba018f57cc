using VmSupervisor.Domain;
using VmSupervisor.Linux;

namespace VmSupervisor.Qemu.Launch;

/// <summary>Finds an incarnation's process, surely or not at all.</summary>
internal sealed class ProcessFinder(ProcFs processes)
{
    private readonly IdentityCheck check = new(processes);

    public string BootId => processes.BootId;

    /// <summary>The process that was recorded.</summary>
    public IdentityVerdict Find(IncarnationHandle life, ProcessIdentity identity) => check.Check(identity, life.Key.RunDirectory);

    /// <summary>
    /// A handle of the recorded process to wait for, not to signal; null when it is gone. Pid and start time are
    /// enough for that, whatever its command line looks like.
    /// </summary>
    public PidFd? OpenToWait(ProcessIdentity identity)
    {
        if (identity.BootId != processes.BootId || PidFd.Open(identity.Pid) is not { } process)
            return null;
        if (processes.Identify(identity.Pid) == identity)
            return process;
        process.Dispose();
        return null;
    }

    /// <summary>
    /// Those who hold an incarnation's lock: only its QEMU, and what that has spawned, ever inherits it. Looks
    /// through all processes.
    /// </summary>
    public IReadOnlyList<LockHolder> FindHolders(IncarnationHandle life)
    {
        var holders = new List<LockHolder>();
        foreach (var pid in processes.FindByOpenFile(life.Files.Lock))
        {
            // The handle first: what is read afterwards is about the process it stands for.
            if (PidFd.Open(pid) is not { } process)
                continue;
            if (!processes.ReadDescriptors(pid).Values.Contains(Path.GetFullPath(life.Files.Lock))
                || processes.ReadCommandLine(pid) is not { } arguments || processes.Identify(pid) is not { } identity || process.HasExited)
            {
                process.Dispose();
                continue;
            }

            holders.Add(new(process, identity, arguments.Count > 0 ? arguments[0] : "", RunDirectoryArgument.IsNamedIn(arguments, life.Key.RunDirectory)));
        }

        return holders;
    }
}

/// <summary>A process that holds an incarnation's lock.</summary>
/// <param name="Process">Its handle.</param>
/// <param name="Identity">Who it is.</param>
/// <param name="Name">Its executable.</param>
/// <param name="IsOurs">Whether its command line names the run directory, too.</param>
internal sealed record LockHolder(PidFd Process, ProcessIdentity Identity, string Name, bool IsOurs) : IDisposable
{
    public string Describe(string @lock) => $"process {Identity.Pid} ({Name}) holds {@lock}, and its command line does not name the run directory";

    public void Dispose() => Process.Dispose();
}
