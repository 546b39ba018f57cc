namespace VmSupervisor.Hosting;

/// <summary>How a node's supervisor is set up. Everything but the two directories and the name has a default.</summary>
public sealed record VmSupervisorOptions
{
    /// <summary>The node's name; views, hooks, UUIDs and hardware addresses of guests carry it.</summary>
    public required string Node { get; init; }

    /// <summary>What survives a reboot (claims of hooks, what was learned of KVM), absolute; must exist.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>Sockets, locks and logs of QEMU, absolute, at most 70 bytes, since unix socket paths end at 107; must exist.</summary>
    public required string RunDirectory { get; init; }

    /// <summary>QEMU: a path, or a name that is looked up in <c>PATH</c> at every start.</summary>
    public string QemuExecutable { get; init; } = "qemu-system-x86_64";

    /// <summary>
    /// Whether QEMU gives up the system calls that it does not need once it runs (<c>-sandbox</c>); not unless told, since
    /// a QEMU that was built without seccomp does not start then, nor does what <c>qemu-args</c> may have it run.
    /// </summary>
    public bool QemuSandbox { get; init; }

    /// <summary>From spawn to a negotiated monitor; 30 s, since huge memory on a loaded host takes seconds.</summary>
    public TimeSpan LaunchTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The size in bytes at which a VM's serial log is begun anew; 8 MiB: days of a quiet guest. The one before it is
    /// kept, so twice as much may lie on the disk, and what a guest writes within a second.
    /// </summary>
    public long SerialLogSize { get; init; } = 8 << 20;

    /// <summary>
    /// The control group in which those of limited VMs are made, from the hierarchy's root on, such as
    /// <c>/machine.slice</c>; null for within the process's own (version 1) or beside it (version 2).
    /// </summary>
    public string? CgroupParent { get; init; }

    /// <summary>All hooks of one phase; 60 s: long enough for one that talks to another machine.</summary>
    public TimeSpan HookTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The pre-stop hooks of a forced stop, which is meant to be immediate; 2 s.</summary>
    public TimeSpan ForcedPreStopTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>From <c>quit</c> to SIGKILL in a forced stop; 500 ms: a QEMU whose monitor works is gone in a few.</summary>
    public TimeSpan ForcedQuitTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>From <c>quit</c> to SIGTERM, and from there to SIGKILL, when nothing presses; 10 s: QEMU may have to flush its disks.</summary>
    public TimeSpan QuitTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a process may take to die until the VM's view says that it does not; 5 s.</summary>
    public TimeSpan ExitWarning { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Before a VM is started again by its restart policy; each further restart waits twice as long. 1 s.</summary>
    public TimeSpan RestartFirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>No restart waits longer; 5 minutes.</summary>
    public TimeSpan RestartLongestDelay { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How many restarts within <see cref="RestartWindow"/>, then the VM stays down; 5, as systemd's start limit.</summary>
    public int RestartLimit { get; init; } = 5;

    /// <summary>The window of the limit; 10 minutes.</summary>
    public TimeSpan RestartWindow { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>A VM that has run so long since its last restart starts counting anew; 5 minutes.</summary>
    public TimeSpan RestartGoodAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long the connection of whoever sends a guest here may be away before what was made for it is killed; 2 s. Zero: it must
    /// not end at all.
    /// </summary>
    public TimeSpan MigrationGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long whoever sends a guest here may be silent while its connection is there; 10 s.</summary>
    public TimeSpan MigrationLease { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a migration may take when nobody says; 1 h, null for ever.</summary>
    public TimeSpan? MigrationDeadline { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Where guests of other nodes come in directly; null for nowhere: they come through the nodes' own connection.</summary>
    public MigrationListenOptions? MigrationListen { get; init; }

    /// <summary>
    /// What QEMU encrypts guests with that come and go directly, and proves who it is; null for no encryption. All nodes have it, or none.
    /// </summary>
    public MigrationTlsOptions? MigrationTls { get; init; }

    /// <summary>What tells this boot of the host from others; the kernel's boot id unless told. For tests.</summary>
    public string? BootId { get; init; }

    /// <summary>How many messages a VM handles before others have their turn; 30, as Akka.NET's.</summary>
    public int Throughput { get; init; } = 30;

    /// <summary>How many VMs recover at the same time; 50, as Akka.NET's.</summary>
    public int RecoveryPermits { get; init; } = 50;

    /// <summary>The replay of one VM; 30 s, as Akka.NET's.</summary>
    public TimeSpan RecoveryTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
