using VmSupervisor.Domain;

namespace VmSupervisor.Linux;

/// <summary>Finds out whether a recorded process is still that process.</summary>
internal sealed class IdentityCheck(ProcFs processes)
{
    /// <summary>
    /// Opens the pidfd first and compares then: whatever is read afterwards is about the process that the pidfd
    /// stands for, or the pid has been used again and the start time tells.
    /// </summary>
    /// <param name="identity">As it was recorded.</param>
    /// <param name="runDirectory">The run directory that its command line names.</param>
    /// <exception cref="IOException">The process could not be opened, as when descriptors ran out.</exception>
    public IdentityVerdict Check(ProcessIdentity identity, string runDirectory)
    {
        if (identity.BootId != processes.BootId || PidFd.Open(identity.Pid) is not { } process)
            return new IdentityVerdict.Gone();
        if (processes.ReadCommandLine(identity.Pid) is not { } arguments)
        {
            return Close(process, process.HasExited
                ? new IdentityVerdict.Gone()
                : new IdentityVerdict.Ambiguous($"process {identity.Pid} started when ours did, but its command line may not be read"));
        }

        // After the command line: if the pid had been used again, that would be another's.
        if (processes.ReadStat(identity.Pid) is not { } stat || stat.StartTime != identity.StartTime)
            return Close(process, new IdentityVerdict.Gone());

        // Its memory is gone before it is a zombie: with the right start time, that is our process dying.
        if (stat.IsZombie || !stat.HasMemory)
            return new IdentityVerdict.Ours(process, Dying: true);
        return RunDirectoryArgument.IsNamedIn(arguments, runDirectory)
            ? new IdentityVerdict.Ours(process, Dying: false)
            : Close(process, new IdentityVerdict.Ambiguous(
                $"process {identity.Pid} started when ours did, but its command line ({arguments.FirstOrDefault()} ...) does not name {runDirectory}"));
    }

    private static IdentityVerdict Close(PidFd process, IdentityVerdict verdict)
    {
        process.Dispose();
        return verdict;
    }
}

/// <summary>What a recorded process is now.</summary>
internal abstract record IdentityVerdict
{
    /// <summary>It exists.</summary>
    /// <param name="Process">To wait for and to signal; the receiver disposes it.</param>
    /// <param name="Dying">Whether it is about to be gone.</param>
    public sealed record Ours(PidFd Process, bool Dying) : IdentityVerdict;

    /// <summary>It has exited; its pid may belong to another.</summary>
    public sealed record Gone : IdentityVerdict;

    /// <summary>Pid and start time agree, its command line does not: perhaps not yet exec'd. Not to be signalled.</summary>
    /// <param name="Reason">One line for a person.</param>
    public sealed record Ambiguous(string Reason) : IdentityVerdict;
}
