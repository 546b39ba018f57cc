using System.Runtime.InteropServices;
using VmSupervisor.Domain;

namespace VmSupervisor.Linux;

/// <summary>
/// A process for good: unlike its pid it never comes to mean another one. Signals go only through this.
/// </summary>
internal sealed class PidFd : FileDescriptor
{
    private PidFd(int fd, int pid)
        : base(fd) => Pid = pid;

    /// <summary>The pid it was opened with.</summary>
    public int Pid { get; }

    /// <summary>Whether it has exited; a zombie has.</summary>
    public unsafe bool HasExited
    {
        get
        {
            using var use = new Use(this);
            var request = new LibC.PollRequest { Fd = Number, Events = LibC.PollIn };
            while (true)
            {
                var ready = LibC.Poll(&request, 1, 0);
                if (ready >= 0)
                    return ready > 0;
                if (Marshal.GetLastPInvokeError() != LibC.Interrupted)
                    throw LibC.Failure($"cannot poll process {Pid}");
            }
        }
    }

    /// <summary>Whether it is a child of ours whose status has not been taken.</summary>
    internal unsafe bool IsChild
    {
        get
        {
            using var use = new Use(this);
            var info = default(LibC.SignalInfo);
            return LibC.WaitId(LibC.WaitByPidFd, (uint)Number, &info, LibC.WaitExited | LibC.WaitNoHang | LibC.WaitLeave) == 0;
        }
    }

    /// <summary>Opens a process, or a zombie that nobody has reaped; null when there is none.</summary>
    /// <exception cref="IOException">It could not be told, as when descriptors ran out.</exception>
    public static PidFd? Open(int pid)
    {
        var fd = (int)LibC.SystemCall(LibC.PidFdOpen, pid, 0, 0, 0);
        if (fd >= 0)
            return new PidFd(fd, pid);
        return Marshal.GetLastPInvokeError() == LibC.NoSuchProcess ? null : throw LibC.Failure($"cannot open process {pid}");
    }

    /// <summary>Signals it; false when it is gone.</summary>
    /// <exception cref="IOException">Not allowed.</exception>
    public bool Signal(Signal signal)
    {
        using var use = new Use(this);
        if (LibC.SystemCall(LibC.PidFdSendSignal, Number, (int)signal, 0, 0) == 0)
            return true;
        return Marshal.GetLastPInvokeError() == LibC.NoSuchProcess
            ? false
            : throw LibC.Failure($"cannot send {signal} to process {Pid}");
    }

    /// <summary>
    /// Takes the status of a child that has exited, which ends its being a zombie; the status of anybody else's child
    /// is unknowable. Null while it lives.
    /// </summary>
    internal unsafe ProcessExit? Reap()
    {
        using var use = new Use(this);
        var info = default(LibC.SignalInfo);
        while (LibC.WaitId(LibC.WaitByPidFd, (uint)Number, &info, LibC.WaitExited | LibC.WaitNoHang) != 0)
        {
            switch (Marshal.GetLastPInvokeError())
            {
                case LibC.Interrupted:
                    continue;
                case LibC.NoChild:
                    return HasExited ? ProcessExit.Unknowable : null;
                default:
                    throw LibC.Failure($"cannot wait for process {Pid}");
            }
        }

        if (info.Pid == 0)
            return null;
        const int exited = 1;
        return info.Code == exited ? new ProcessExit(info.Status, null) : new ProcessExit(null, info.Status);
    }

    /// <summary>Keeps the number from being closed, and used for something else, in the middle of a call.</summary>
    private readonly ref struct Use
    {
        private readonly PidFd owner;

        public Use(PidFd owner)
        {
            this.owner = owner;
            var added = false;
            owner.DangerousAddRef(ref added);
        }

        public void Dispose() => owner.DangerousRelease();
    }
}

/// <summary>The signals we send, by their numbers on Linux.</summary>
internal enum Signal
{
    /// <summary>SIGKILL: nothing can refuse it.</summary>
    Kill = 9,

    /// <summary>SIGTERM: asks for an orderly end.</summary>
    Terminate = 15,

    /// <summary>SIGCONT.</summary>
    Continue = 18,

    /// <summary>SIGSTOP.</summary>
    Stop = 19,
}
