using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Qemu;

namespace VmSupervisor.TestKit;

/// <summary>A QEMU of the simulated host. It outlives supervisors, and has no idea of them.</summary>
internal sealed class SimulatedProcess(VmId vm, Incarnation incarnation, ProcessIdentity identity)
{
    public VmId Vm { get; } = vm;

    public Incarnation Incarnation { get; } = incarnation;

    public ProcessIdentity Identity { get; } = identity;

    public GuestState Guest { get; set; } = GuestState.Prelaunch;

    /// <summary>Whether its CPUs have ever run.</summary>
    public bool EverRan { get; set; }

    /// <summary>Whether its monitor is deaf, as under SIGSTOP.</summary>
    public bool Hung { get; set; }

    /// <summary>Whether it is a child of QEMU: without a monitor, and its death is not QEMU's.</summary>
    public bool IsHelper { get; set; }

    /// <summary>From the monitor's end to the exit: as measured 3 ms after <c>quit</c>; flushing disks makes it longer.</summary>
    public TimeSpan ExitTakes { get; set; } = TimeSpan.FromMilliseconds(3);

    /// <summary>Whether a SIGKILL waits for it to become killable.</summary>
    public bool KillPending { get; set; }

    /// <summary>Whether signals do nothing, as in uninterruptible sleep.</summary>
    public bool Unkillable { get; set; }

    /// <summary>Whether its end came from somebody else than a supervisor.</summary>
    public bool KilledFromOutside { get; set; }

    /// <summary>Whether the guest ignores its power button.</summary>
    public bool IgnoresPowerButton { get; set; }

    /// <summary>Set when its end is certain: the monitor is closed, and the exit follows.</summary>
    public ProcessExit? Dying { get; set; }

    public bool Alive { get; set; } = true;

    public TaskCompletionSource<ProcessExit> Exit { get; } = new();

    public TaskCompletionSource MonitorClosed { get; } = new();

    public event Action<GuestNews>? News;

    public void Tell(GuestNews news) => News?.Invoke(news);
}
