using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;

namespace VmSupervisor.Qemu;

/// <summary>
/// What effects ask of QEMU. Every call is about one incarnation; none throws for trouble of QEMU or the host: the
/// result says what was seen. Cancelling gives up the call, never the process: what it may have left is found by
/// <see cref="ExtinguishAsync"/>.
/// </summary>
internal interface IHypervisor
{
    /// <summary>
    /// The versioned machine type that an alias stands for now (<c>pc-q35-7.2</c> for <c>q35</c>); null when it is no alias,
    /// or when there is no QEMU that could be asked.
    /// </summary>
    Task<string?> ResolveMachineAsync(string machine, CancellationToken cancellationToken);

    /// <summary>QEMU and the arguments that a launch would use, changing nothing.</summary>
    Task<PlannedLaunch> PlanAsync(LaunchRequest request, CancellationToken cancellationToken);

    /// <summary>Forgets what is kept for a VM from life to life.</summary>
    /// <exception cref="IOException">It is still there.</exception>
    Task ForgetAsync(VmId vm, CancellationToken cancellationToken);

    /// <summary>
    /// Takes the incarnation's lock, spawns QEMU with its CPUs stopped, waits for the monitor's greeting and
    /// negotiates. It fails as soon as the process exits, and says what it wrote.
    /// </summary>
    Task<LaunchResult> LaunchAsync(LaunchRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Kills whatever of this incarnation lives, known or not (spawned and never recorded, forked and not yet QEMU),
    /// and returns when the incarnation's lock is free: no process of it lives and none can appear. Reports through
    /// <paramref name="stuck"/> when that takes long, with one line for a person, and goes on trying.
    /// </summary>
    Task<ProcessExit> ExtinguishAsync(ProcessKey key, ProcessIdentity? identity, Action<string> stuck, CancellationToken cancellationToken);

    /// <summary>What lives of this incarnation, after a restart of the supervisor.</summary>
    Task<ProbeResult> ProbeAsync(ProcessKey key, ProcessIdentity? identity, CancellationToken cancellationToken);

    /// <summary>
    /// Waits until the process has exited (its pidfd says so). If it is not this incarnation's process any more, it
    /// has exited.
    /// </summary>
    Task<ProcessExit> WaitForExitAsync(ProcessKey key, ProcessIdentity identity, CancellationToken cancellationToken);

    /// <summary>
    /// Keeps a monitor session open and passes on what the guest does, in order; first of all the state it finds.
    /// Returns when the monitor closes, which is not an exit; a session that was cancelled returns too.
    /// </summary>
    Task<string> FollowGuestAsync(ProcessKey key, Action<GuestNews> news, CancellationToken cancellationToken);

    /// <summary>Lets the CPUs run (<c>cont</c>).</summary>
    Task<MonitorResult> ContinueAsync(ProcessKey key, CancellationToken cancellationToken);

    /// <summary>Stops the CPUs (<c>stop</c>).</summary>
    Task<MonitorResult> PauseAsync(ProcessKey key, CancellationToken cancellationToken);

    /// <summary>Presses the reset button (<c>system_reset</c>).</summary>
    Task<MonitorResult> ResetAsync(ProcessKey key, CancellationToken cancellationToken);

    /// <summary>Presses the power button (<c>system_powerdown</c>).</summary>
    Task<MonitorResult> PowerDownAsync(ProcessKey key, CancellationToken cancellationToken);

    /// <summary>Ends QEMU in an orderly way (<c>quit</c>).</summary>
    Task<MonitorResult> QuitAsync(ProcessKey key, CancellationToken cancellationToken);

    /// <summary>
    /// Looks at the process itself: pidfd, then one monitor round trip with 500 ms to answer. For a start on a VM
    /// that is believed to run.
    /// </summary>
    Task<LookResult> LookAsync(ProcessKey key, ProcessIdentity identity, CancellationToken cancellationToken);

    /// <summary>Signals the process through its pidfd; says nothing when it is gone.</summary>
    Task SignalAsync(ProcessKey key, ProcessIdentity identity, StopSignal signal, CancellationToken cancellationToken);
}

/// <summary>What to launch.</summary>
/// <param name="Key">The life.</param>
/// <param name="Definition">What it is to be.</param>
internal sealed record LaunchRequest(ProcessKey Key, VmDefinition Definition)
{
    /// <summary>What was acquired for it.</summary>
    public BackEnds BackEnds { get; init; } = BackEnds.None;

    /// <summary>
    /// A state that <see cref="IGuestMemory"/> saved, to go on from instead of booting; null to boot. The launch returns
    /// when it is loaded, with the guest paused; it fails when the file is damaged, of another VM or of another machine.
    /// </summary>
    public string? RestoreFrom { get; init; }

    /// <summary>
    /// Whether its guest comes from another host: it boots nothing, and waits for <see cref="IMigrations.ListenAsync"/>. Not
    /// together with <see cref="RestoreFrom"/>.
    /// </summary>
    public bool Incoming { get; init; }

    /// <summary>Files of control groups: QEMU begins in those groups, by writing 0 to each.</summary>
    public ValueList<string> Cgroups { get; init; } = [];
}

/// <summary>What a launch would do.</summary>
internal abstract record PlannedLaunch
{
    /// <param name="Executable">QEMU, absolute.</param>
    /// <param name="Arguments">Its arguments.</param>
    public sealed record Ready(string Executable, IReadOnlyList<string> Arguments) : PlannedLaunch;

    /// <param name="Reason">Why it would fail; one line for a person.</param>
    public sealed record Impossible(string Reason) : PlannedLaunch;
}

/// <summary>What became of a launch.</summary>
internal abstract record LaunchResult
{
    /// <summary>QEMU answers its monitor; its CPUs are stopped.</summary>
    /// <param name="Identity">The process.</param>
    /// <param name="Summary">QEMU's version and the accelerator in use, for the history.</param>
    public sealed record Launched(ProcessIdentity Identity, string Summary) : LaunchResult;

    /// <summary>It did not come up; a process may be left.</summary>
    /// <param name="Reason">One line for a person.</param>
    public sealed record Failed(string Reason) : LaunchResult;
}

/// <summary>What lives of an incarnation.</summary>
internal abstract record ProbeResult
{
    /// <summary>Nothing, and nothing can appear: its lock is free (or its run directory is gone, or the host was booted since).</summary>
    /// <param name="HostRebooted">Whether it ended with the host.</param>
    public sealed record Gone(bool HostRebooted) : ProbeResult;

    /// <summary>Its process, found by its run directory in the command line and, when an identity was known, by that too.</summary>
    /// <param name="Identity">The process.</param>
    /// <param name="Guest">What its guest does; null when the monitor does not answer in time.</param>
    public sealed record Alive(ProcessIdentity Identity, GuestState? Guest) : ProbeResult;

    /// <summary>Something holds its lock or has its pid, and it is not certain what.</summary>
    /// <param name="Reason">One line for a person.</param>
    public sealed record Ambiguous(string Reason) : ProbeResult;
}

/// <summary>What a look at a process found.</summary>
internal abstract record LookResult
{
    /// <summary>It answers.</summary>
    /// <param name="Guest">What its guest does.</param>
    public sealed record Answers(GuestState Guest) : LookResult;

    /// <summary>It is dead or dying: the pidfd says so, or the monitor was closed by its end.</summary>
    public sealed record Dying : LookResult;

    /// <summary>It lives, and its monitor does not answer.</summary>
    public sealed record Unresponsive : LookResult;
}

/// <summary>What became of a monitor command.</summary>
internal abstract record MonitorResult
{
    public sealed record Done : MonitorResult;

    /// <summary>QEMU said no, or the monitor could not be reached or did not answer in time.</summary>
    /// <param name="Reason">One line for a person.</param>
    /// <param name="Unreachable">Whether the monitor did not answer at all, so that it may or may not have happened.</param>
    public sealed record Failed(string Reason, bool Unreachable) : MonitorResult;
}

/// <summary>What the guest did.</summary>
internal abstract record GuestNews
{
    /// <summary>Its state, at the session's begin and whenever it changes.</summary>
    public sealed record State(GuestState Guest) : GuestNews;

    /// <summary>It powered itself off (<c>SHUTDOWN</c> with <c>guest: true</c>).</summary>
    /// <param name="Reason">QEMU's reason, such as <c>guest-shutdown</c>.</param>
    public sealed record PoweredOff(string Reason) : GuestNews;

    /// <summary>It panicked.</summary>
    public sealed record Panicked : GuestNews;

    /// <summary>It was reset.</summary>
    /// <param name="ByGuest">Whether it did so itself.</param>
    public sealed record Reset(bool ByGuest) : GuestNews;
}

/// <summary>The signals that end a process.</summary>
internal enum StopSignal
{
    /// <summary>SIGTERM: QEMU closes its disks.</summary>
    Terminate,

    /// <summary>SIGKILL.</summary>
    Kill,
}
