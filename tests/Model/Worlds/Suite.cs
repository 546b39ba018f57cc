using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;

namespace VmSupervisor.Model.Worlds;

/// <summary>
/// What is explored. Everything at once is out of reach, so each exploration has a menu of its own, and the same host,
/// supervisor and laws.
/// </summary>
internal static class Suite
{
    private static readonly Wish Start = new Wish.Start(false);
    private static readonly Wish Paused = new Wish.Start(true);
    private static readonly Wish Stop = new Wish.Stop(false);
    private static readonly Wish Keep = new Wish.Stop(true);
    private static readonly Wish Shutdown = new Wish.Shutdown(null, null, false);
    private static readonly Wish ForceAfter = new Wish.Shutdown(null, TimeSpan.FromSeconds(1), false);
    private static readonly Wish Reboot = new Wish.Reboot(null, null);
    private static readonly Wish Cancel = new Wish.Cancel(default);
    private static readonly Wish Fresh = new Wish.Start(false, Fresh: true);
    private static readonly Wish Undefine = new Wish.Undefine();
    private static readonly Wish UndefineByForce = new Wish.Undefine(Force: true);

    /// <summary>What <c>make test</c> explores.</summary>
    public static IReadOnlyList<Bounds> Quick { get; } =
    [
        new()
        {
            Name = "a life with its hooks", Menu = [Start, Stop], Definition = Bounds.Vm(hooks: true),
            Incarnations = 1, InFlight = 2, Faults = 1, Crashes = 1, Kinds = Fault.All & ~(Fault.GuestResets | Fault.GuestPanics | Fault.MonitorFails),
        },
        new()
        {
            Name = "one life after another", Menu = [Start, Stop], Definition = Bounds.Vm(hooks: false),
            Incarnations = 2, InFlight = 2, Faults = 1, Crashes = 0, Kinds = Fault.All & ~(Fault.GuestResets | Fault.GuestPanics),
        },
        new()
        {
            Name = "volumes that stay active", Menu = [Start, Keep, Stop, Undefine], Definition = Bounds.Vm(hooks: false),
            Incarnations = 2, InFlight = 1, Faults = 1, Crashes = 1,
        },
        new()
        {
            Name = "asking the guest", Menu = [Start, Shutdown, ForceAfter, Cancel], Definition = Bounds.Vm(hooks: false, onPanic: PanicPolicy.Preserve),
            Incarnations = 1, InFlight = 2, Faults = 1, Crashes = 1,
        },
        new()
        {
            Name = "a start while the guest is asked", Menu = [Start, Shutdown], Definition = Bounds.Vm(hooks: false, disks: 0),
            Incarnations = 2, InFlight = 2, Faults = 1, Crashes = 0, Kinds = Fault.ProcessDies,
        },
        new()
        {
            Name = "pause, resume, reset",
            Menu = [Paused, new Wish.Guest(GuestRequest.Pause), new Wish.Guest(GuestRequest.Resume), new Wish.Guest(GuestRequest.Reset), Stop],
            Definition = Bounds.Vm(hooks: false), Incarnations = 1, InFlight = 2, Faults = 1, Crashes = 1,
        },
        new()
        {
            Name = "definitions that change", Menu = [Start, Stop, new Wish.Define(Bounds.Vm(hooks: true, disks: 0)), new Wish.Define(Bounds.Vm(hooks: false)), UndefineByForce],
            Definition = Bounds.Vm(hooks: false), Incarnations = 2, InFlight = 1, Faults = 0, Crashes = 1,
        },
        new()
        {
            Name = "restarts", Menu = [Start, Reboot, Shutdown],
            Definition = Bounds.Vm(hooks: false, disks: 0) with { Restart = RestartPolicy.Always, OnPanic = PanicPolicy.Restart }, Limits = Restarting(1),
            Incarnations = 2, InFlight = 1, Faults = 2, Crashes = 0, Kinds = Fault.ProcessDies | Fault.GuestPowersOff | Fault.GuestPanics,
        },
        new()
        {
            Name = "stop-mode backups", Menu = [Start, BackupIn(BackupMode.Stop), Stop], Definition = Bounds.Vm(hooks: false),
            Incarnations = 2, InFlight = 2, Faults = 0, Crashes = 0,
        },
        new()
        {
            Name = "a backup in which something goes wrong", Menu = [Start, BackupIn(BackupMode.Suspend), BackupIn(BackupMode.Snapshot), Cancel], Definition = Bounds.Vm(hooks: false),
            Incarnations = 1, InFlight = 1, Faults = 1, Crashes = 1,
        },
        new()
        {
            Name = "suspension to disk", Menu = [Start, new Wish.Hibernate(), Fresh, Undefine], Definition = Bounds.Vm(hooks: false, disks: 0),
            Incarnations = 2, InFlight = 1, Faults = 1, Crashes = 1, Kinds = Fault.ProcessDies | Fault.MonitorFails | Fault.MonitorHangs | Fault.LaunchFails,
        },
        new()
        {
            Name = "a backup that is cancelled", Menu = [Start, BackupIn(BackupMode.Snapshot), Cancel], Definition = Bounds.Vm(hooks: false),
            Incarnations = 1, InFlight = 3, Faults = 0, Crashes = 0,
        },
        new()
        {
            Name = "volumes that stay active, with hooks", Menu = [Start, Keep, Stop], Definition = Bounds.Vm(hooks: true),
            Incarnations = 2, InFlight = 1, Faults = 0, Crashes = 0,
        },
        new()
        {
            Name = "wishes while it starts", Menu = [Start, Reboot, new Wish.Hibernate(), UndefineByForce, new Wish.Define(Bounds.Vm(hooks: false))],
            Definition = Bounds.Vm(hooks: false, disks: 0), Incarnations = 1, InFlight = 2, Faults = 0, Crashes = 0,
        },
        new()
        {
            Name = "wishes for a VM that is not there",
            Menu =
            [
                UndefineByForce, Start, Stop, Shutdown, Reboot, Cancel, BackupIn(BackupMode.Suspend), new Wish.Hibernate(), new Wish.Guest(GuestRequest.Pause),
                new Wish.Define(Bounds.Vm(hooks: false)),
            ],
            Definition = Bounds.Vm(hooks: false), Incarnations = 0, InFlight = 1, Faults = 0, Crashes = 0,
        },
    ];

    /// <summary>What <c>make model</c> explores as far as time allows: the same with more of everything, the smaller ones first.</summary>
    public static IReadOnlyList<Bounds> Deep { get; } =
    [
        Quick[0] with { Faults = 2, Kinds = Fault.All },
        Quick[1] with { InFlight = 1, Crashes = 2, Kinds = Fault.All },
        Quick[2] with { InFlight = 2, Crashes = 0 },
        Quick[3] with { Faults = 2 },
        Quick[4] with { Crashes = 2, Kinds = Fault.All },
        Quick[5] with { Crashes = 2 },
        Quick[6] with { Incarnations = 3, Crashes = 2 },
        Quick[7] with { Crashes = 1 },
        Quick[8] with { Faults = 1, InFlight = 1 },
        Quick[9] with { InFlight = 2 },
        Quick[10] with { Kinds = Fault.All, InFlight = 2 },
        new()
        {
            Name = "every way to back up", Menu = [Start, BackupIn(BackupMode.Stop), BackupIn(BackupMode.Suspend), BackupIn(BackupMode.Snapshot), Cancel, Stop],
            Definition = Bounds.Vm(hooks: false), Incarnations = 2, InFlight = 2, Faults = 0, Crashes = 0,
        },
        new()
        {
            Name = "as deep as it goes", Menu = [Start, Stop], Definition = Bounds.Vm(hooks: true),
            Incarnations = 3, InFlight = 4, Faults = 1, Crashes = 2,
        },
    ];

    private static Wish.Backup BackupIn(BackupMode mode) => new(mode, "/backups", DiskFormat.Qcow2, null);

    /// <summary>All restarts count against the limit, however long ago: the other end, that none does, is a limit never reached.</summary>
    private static Limits Restarting(int limit) => new() { Restarts = new RestartLimits { Limit = limit, Window = TimeSpan.FromDays(3650) } };
}
