using VmSupervisor.Linux;

namespace VmSupervisor.Hooks;

/// <summary>Ends what runs of a phase.</summary>
internal sealed class HookKiller(ProcFs processes)
{
    /// <summary>Asks the runner to kill its hook and to write the result; false when there is no runner to ask.</summary>
    /// <exception cref="IOException">Not allowed.</exception>
    public bool Ask(HookFiles files) => SignalRunner(files, Signal.Terminate);

    /// <summary>
    /// Kills the runner, then the group of its hook, if any process in it still has the phase's lock: that proves it to
    /// be the hook's. A daemon in a session of its own is left alone.
    /// False when there was nothing to kill.
    /// </summary>
    /// <exception cref="IOException">Not allowed.</exception>
    public bool Kill(HookFiles files)
    {
        var killed = SignalRunner(files, Signal.Kill);
        return files.ReadGroup() is { } group && group > 1 && processes.FindByOpenFile(files.Lock).Any(pid => processes.ReadStat(pid)?.Group == group)
            ? LibC.Kill(-group, (int)Signal.Kill) == 0 || killed
            : killed;
    }

    private bool SignalRunner(HookFiles files, Signal signal)
    {
        if (files.ReadRunner() is not { } runner || runner.BootId != processes.BootId)
            return false;
        using var process = PidFd.Open(runner.Pid);
        return process is not null && processes.ReadStat(runner.Pid)?.StartTime == runner.StartTime && !process.HasExited && process.Signal(signal);
    }
}
