using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VmSupervisor.Actors;
using VmSupervisor.Actors.Persistence;
using VmSupervisor.Consoles;
using VmSupervisor.Consoles.Monitors;
using VmSupervisor.Doctor;
using VmSupervisor.Doctor.Leftovers;
using VmSupervisor.Domain;
using VmSupervisor.Hooks;
using VmSupervisor.Linux;
using VmSupervisor.Migration;
using VmSupervisor.Migration.Conversations;
using VmSupervisor.Qemu;
using VmSupervisor.Qemu.Accelerators;
using VmSupervisor.Qemu.Machines;
using VmSupervisor.Resources;
using VmSupervisor.Resources.Cgroups;
using VmSupervisor.Resources.Storage;
using VmSupervisor.Resources.Taps;
using VmSupervisor.Resources.Volumes;
using VmSupervisor.Vms;
using VmSupervisor.Vms.Effects;
using VmSupervisor.Vms.Journal;

namespace VmSupervisor.Hosting;

/// <summary>Puts a node's supervisor together on this host, and runs it as long as its host runs.</summary>
internal sealed class NodeHost : IHostedService, IAsyncDisposable
{
    private readonly LinuxHost _linux;
    private readonly Autostart _autostart;
    private readonly Hypervisor _hypervisor;
    private readonly LogRotation _rotation;
    private readonly ConversationServer _conversation;
    private readonly CancellationTokenSource _stopping = new();
    private Task _rotating = Task.CompletedTask;
    private Task _starting = Task.CompletedTask;

    public NodeHost(
        VmSupervisorOptions options, IJournal journal, TimeProvider time, ILoggerFactory loggers, IEnumerable<IVolumeKind> volumes, IEnumerable<INetworkKind> networks,
        IEnumerable<ICheck>? checks = null, IPeers? peers = null)
    {
        peers ??= new NoPeers();
        _linux = new LinuxHost(options.BootId);
        _hypervisor = NewHypervisor(options, time, loggers);
        var hooks = new HookRunner(options.StateDirectory, options.Node, time, loggers.CreateLogger<HookRunner>(), _linux);
        var system = new ActorSystem(new ActorSystemOptions
        {
            Name = options.Node,
            TimeProvider = time,
            LoggerFactory = loggers,
            Throughput = options.Throughput,
            RecoveryPermits = options.RecoveryPermits,
            RecoveryTimeLimit = options.RecoveryTimeout,
        });
        var leases = new Leases(time);
        var world = new World(
            _hypervisor, _hypervisor.Backups, _hypervisor.Memory, _hypervisor.Migrations, new Conversation(peers, leases, ConversationOf(options), time), _hypervisor.Mirrors,
            new SharedStorage(time, SharedStorage.Deadline, () => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))),
            new SessionImages(time, SessionImages.Deadline), hooks, NewResources(options, volumes, networks, time), time, options.RunDirectory,
            new SavedMemories(options.StateDirectory));
        var logger = loggers.CreateLogger("VmSupervisor.Vms");
        var board = new VmBoard();
        Supervisor = new NodeSupervisor(new VmServices(options.Node, journal, world, board, LimitsOf(options), logger) { MigrationDeadline = options.MigrationDeadline }, system);
        _conversation = new ConversationServer(options.Node, peers, Supervisor.Arrivals, leases);
        _autostart = new Autostart(Supervisor, new AutostartMark(options.StateDirectory), _linux.Processes.BootId, time, logger);
        Doctor = new NodeDoctor(
            [
                .. NodeDoctor.ChecksOf(
                    options.StateDirectory, options.RunDirectory, options.QemuExecutable, options.CgroupParent, _hypervisor, _linux, journal, new BoardOfDoctor(Supervisor, board), time),
                .. checks ?? [],
            ],
            time);
        Leftovers = NewLeftovers(options, new BoardOfDoctor(Supervisor, board), new LeftoverNotes(journal, time), time, loggers);
        Audit = new AuditTrail(journal, board, time);
        Journal = new NodeJournal(options.Node, journal, logger);
        var consoleLogger = loggers.CreateLogger("VmSupervisor.Consoles");
        Consoles = new VmConsoles(Supervisor, options.RunDirectory, _linux.Readiness, time, consoleLogger);
        Monitors = new VmMonitors(Supervisor, options.RunDirectory, time, consoleLogger);
        _rotation = new LogRotation(
            Supervisor, _hypervisor, Consoles.Rotations, options.RunDirectory, options.SerialLogSize, time, consoleLogger);
    }

    public NodeDoctor Doctor { get; }

    public NodeJournal Journal { get; }

    public AuditTrail Audit { get; }

    public NodeLeftovers Leftovers { get; }

    public NodeSupervisor Supervisor { get; }

    public VmConsoles Consoles { get; }

    public VmMonitors Monitors { get; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Supervisor.StartAsync(cancellationToken);
        _hypervisor.RememberBoot();
        _rotating = _rotation.RunAsync(_stopping.Token);

        // Whoever waits for the node need not wait for VMs that start one after the other.
        _starting = _autostart.RunAsync(_stopping.Token);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_rotating, _starting);
        await Supervisor.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _stopping.Dispose();
        _conversation.Dispose();
        await _hypervisor.DisposeAsync();
        _linux.Dispose();
    }

    private Hypervisor NewHypervisor(VmSupervisorOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        var accelerators = new AcceleratorChoice(
            new HostEvidence(), new KvmTrial(_linux.Spawner, _linux.Exits), _linux.Processes, options.StateDirectory,
            loggers.CreateLogger<AcceleratorChoice>());
        var settings = new HypervisorOptions
        {
            Node = options.Node,
            StateDirectory = options.StateDirectory,
            Executable = options.QemuExecutable,
            Sandbox = options.QemuSandbox,
            LaunchDeadline = options.LaunchTimeout,
            QuitDeadline = options.ForcedQuitTimeout,
            StuckAfter = options.ExitWarning,
        };
        var machines = new MachineTypes(_linux.Spawner, _linux.Exits, options.StateDirectory, time, loggers.CreateLogger<MachineTypes>());
        return new Hypervisor(settings, accelerators, machines, _linux.Spawner, _linux.Exits, _linux.Readiness, _linux.Processes, time);
    }

    private HostResources NewResources(
        VmSupervisorOptions options, IEnumerable<IVolumeKind> volumes, IEnumerable<INetworkKind> networks, TimeProvider time) =>
        new(options.Node, new ResourceKinds(OwnVolumes(options, time), [new TapNetworks()], volumes, networks), NewCgroups(options, time), time);

    private Cgroups NewCgroups(VmSupervisorOptions options, TimeProvider time)
    {
        var files = new CgroupFiles();
        return new(new CgroupHierarchy(options.Node, options.CgroupParent, files), files, _linux.Processes, time);
    }

    private IVolumeKind[] OwnVolumes(VmSupervisorOptions options, TimeProvider time) =>
    [
        new FileVolumes(),
        new LoopVolumes(),
        new ScriptVolumes(_linux.Spawner, _linux.Exits, _linux.Readiness, time, Path.Combine(options.RunDirectory, "volumes")),
    ];

    private NodeLeftovers NewLeftovers(VmSupervisorOptions options, IKnownVms vms, LeftoverNotes notes, TimeProvider time, ILoggerFactory loggers) => new(
        [
            new StrayProcesses(options.RunDirectory, options.QemuExecutable, _linux.Processes, _linux.Exits, time, vms),
            new StrayTaps(options.Node, vms),
            new StrayLoops(options.Node, vms),
            new StrayDirectories(options.RunDirectory, _linux.Processes, vms),
        ],
        notes.AddAsync,
        loggers.CreateLogger("VmSupervisor.Doctor"));

    private static ConversationSettings ConversationOf(VmSupervisorOptions options) => new()
    {
        Grace = options.MigrationGrace,
        Lease = options.MigrationLease,
        TlsDirectory = options.MigrationTls is { } tls
            ? TlsDirectory.Make(Path.Combine(options.RunDirectory, "tls"), tls.Authority, tls.Certificate, tls.Key)
            : null,
        Listen = options.MigrationListen is { } listen ? new(listen.Address, listen.FirstPort, listen.LastPort) : null,
    };

    private static Limits LimitsOf(VmSupervisorOptions options) => new()
    {
        Hooks = options.HookTimeout,
        ForcedPreStop = options.ForcedPreStopTimeout,
        ForcedQuit = options.ForcedQuitTimeout,
        Quit = options.QuitTimeout,
        Exit = options.ExitWarning,
        Restarts = new()
        {
            FirstDelay = options.RestartFirstDelay,
            LongestDelay = options.RestartLongestDelay,
            Limit = options.RestartLimit,
            Window = options.RestartWindow,
            GoodAfter = options.RestartGoodAfter,
            Seed = SeedOf(options.Node),
        },
    };

    /// <summary>Nodes that failed together do not start their VMs at the same moments (FNV-1a).</summary>
    private static ulong SeedOf(string node) =>
        node.Aggregate(14695981039346656037UL, (hash, c) => unchecked((hash ^ c) * 1099511628211UL));
}
