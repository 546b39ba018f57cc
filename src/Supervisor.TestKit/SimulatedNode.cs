using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using VmSupervisor.Actors;
using VmSupervisor.Actors.Persistence;
using VmSupervisor.Actors.TestKit;
using VmSupervisor.Actors.TestKit.Journals;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Domain;
using VmSupervisor.Hosting;
using VmSupervisor.Migration.Connections;
using VmSupervisor.Migration.Conversations;
using VmSupervisor.Vms;
using VmSupervisor.Vms.Effects;
using VmSupervisor.Vms.Journal;

namespace VmSupervisor.TestKit;

/// <summary>
/// A whole node on a seeded dispatcher in virtual time: the production actors and domain over a simulated host. The
/// host and the journal outlive the supervisor, which can be killed at any step.
/// </summary>
internal sealed class SimulatedNode
{
    private readonly InMemoryJournal _memory;
    private readonly Func<IJournal, IJournal> _before;
    private readonly Func<World, World> _world;
    private readonly Action<VmId, VmState, Input, Decision>? _decided;
    private readonly Limits _limits;
    private readonly ILogger _logger;
    private readonly SimulatedAutostartMark _autostarted = new();
    private readonly string _runDirectory;
    private readonly SimulatedSite _site;
    private readonly string[] _peers;
    private int _runs;
    private int _operations;
    private CutOff _side = null!;
    private IJournal? _journal;
    private CancellationTokenSource _life = null!;
    private ActorSystem _system = null!;

    /// <param name="seed">Decides every order that is free.</param>
    /// <param name="journal">What stands before the journal, if anything.</param>
    /// <param name="logger">Where the supervisor logs; nowhere unless told.</param>
    /// <param name="limits">How long the steps of lives may take.</param>
    /// <param name="runDirectory">Where run-time files would be.</param>
    /// <param name="onDisk">Whether the journal is on <see cref="Disk"/>, behind the production writer, or answers at once.</param>
    /// <param name="world">What stands before the ports of effects, if anything.</param>
    /// <param name="decided">Told every decision.</param>
    /// <param name="site">What it shares with other nodes; a site of its own unless told.</param>
    /// <param name="name">Its name.</param>
    /// <param name="peers">The nodes of its site that it knows.</param>
    /// <param name="storage">Its images; those of its site unless told.</param>
    public SimulatedNode(
        long seed, Func<IJournal, IJournal>? journal = null, ILogger? logger = null, Limits? limits = null, string runDirectory = "/run/sim",
        bool onDisk = false, Func<World, World>? world = null, Action<VmId, VmState, Input, Decision>? decided = null,
        SimulatedSite? site = null, string name = "sim", string[]? peers = null, SimulatedStorage? storage = null)
    {
        Name = name;
        _peers = peers ?? [];
        _before = journal ?? (it => it);
        _world = world ?? (it => it);
        _decided = decided;
        _limits = limits ?? new Limits();
        _runDirectory = runDirectory;
        _logger = logger ?? NullLogger.Instance;
        _site = site ?? new SimulatedSite(new SteppableDispatcher(seed));
        Dispatcher = _site.Dispatcher;
        _memory = new InMemoryJournal(Dispatcher.Time);
        Disk = onDisk ? new SimulatedDisk(_memory, Dispatcher.Scheduler, Dispatcher.Time) : null;
        Hypervisor = new SimulatedHypervisor(Dispatcher.Time);
        Hooks = new SimulatedHooks(Dispatcher.Time);
        Backups = new SimulatedBackups(Hypervisor, Dispatcher.Time);
        Memory = new SimulatedMemory(Hypervisor, Dispatcher.Time);
        Migrations = new SimulatedMigrations(Hypervisor, Dispatcher.Time, _site.Wire);
        Mirrors = new SimulatedMirrors(Hypervisor, Dispatcher.Time, _site.Exports);
        Images = new SimulatedImages(storage ?? _site.Storage);
        SharedStorage = new SimulatedSharedStorage(storage ?? _site.Storage);
        Resources = new SimulatedResources(Dispatcher.Time);
        Invariants = new Invariants(this, _limits);
        Begin();
    }

    public string Name { get; }

    public SteppableDispatcher Dispatcher { get; }

    public SimulatedHypervisor Hypervisor { get; }

    public SimulatedHooks Hooks { get; }

    public SimulatedBackups Backups { get; }

    public SimulatedMemory Memory { get; }

    public SimulatedMigrations Migrations { get; }

    public SimulatedMirrors Mirrors { get; }

    public SimulatedImages Images { get; }

    public SimulatedSharedStorage SharedStorage { get; }

    public SimulatedResources Resources { get; }

    /// <summary>How long after a supervisor's beginning it starts what is to start with the host.</summary>
    public TimeSpan AutostartDelay { get; set; }

    /// <summary>Where the journal is, when it is on a disk.</summary>
    public SimulatedDisk? Disk { get; }

    /// <summary>Whether VMs are still being brought back, or started with the host.</summary>
    public bool IsComingUp { get; private set; }

    /// <summary>What must hold in every run, watched from its beginning.</summary>
    public Invariants Invariants { get; }

    public NodeSupervisor Supervisor { get; private set; } = null!;

    public VmView View(VmId vm) => Supervisor.Find(vm.ToString()) ?? throw new InvalidOperationException($"vm {vm} is not defined");

    /// <summary>The supervisor is killed, without a chance to do anything, and a new one begins. Returns when it is ready.</summary>
    public void Restart()
    {
        Abandon();
        Begin();
    }

    /// <summary>SIGKILL of the supervisor: nothing it had in hand goes on.</summary>
    /// <param name="commitSurvives">Whether what was being committed turns out to be durable.</param>
    public void Abandon(bool commitSurvives = false)
    {
        _side.Cut();
        _site.Network.Kill(Name);
        Disk?.Kill(commitSurvives);
        _life.Cancel();
        Invariants.SupervisorGone();
    }

    /// <summary>The host goes down and comes up: of what ran nothing is left. A supervisor is still to begin.</summary>
    public void RebootHost()
    {
        Abandon();
        Hypervisor.Reboot();
        Hooks.Reboot();
    }

    /// <summary>
    /// What is durable, in the order in which it became so, after a position: read past the supervisor, without a step.
    /// </summary>
    public IEnumerable<Journaled> JournaledAfter(long position)
    {
        foreach (var stored in _memory.ReadAllAsync(position, int.MaxValue).GetAwaiter().GetResult())
        {
            if (StreamName.TryParse(stored.PersistenceId, out var vm))
                yield return new(stored.Position, stored.Version, vm, (Event)VmEventSerializer.Instance.Deserialize(stored.Type, stored.SchemaVersion, stored.Payload));
        }
    }

    /// <summary>Whether an answer to an operation is durable.</summary>
    public bool IsAnswered(OperationId operation) => _memory.FindReceiptAsync(operation.Value).GetAwaiter().GetResult() is not null;

    /// <summary>The position of the last event that is durable.</summary>
    public long Position => _memory.HighestPositionAsync().GetAwaiter().GetResult();

    /// <summary>Gives a command, and runs until it has ended.</summary>
    public OperationView Do(VmId vm, VmCommand command, TimeSpan? limit = null) => Dispatcher.Run(
        Dispatcher.Start(async () =>
        {
            var view = await Supervisor.SubmitAsync(vm, command, NextOperation(), new Caller("test"));
            return view.Ended ? view : (await Supervisor.WaitForEndAsync(view.Id))!;
        }),
        limit ?? TimeSpan.FromMinutes(5));

    /// <summary>Gives a command without running anything.</summary>
    public Task<OperationView> Submit(VmId vm, VmCommand command, string? operation = null) =>
        Dispatcher.Start(() => Supervisor.SubmitAsync(
            vm, command, operation is null ? NextOperation() : OperationId.Parse(operation), new Caller("test")));

    public VmId Define(int id, bool hooks = true, Func<VmDefinition, VmDefinition>? change = null)
    {
        var vm = new VmId(id);
        var definition = new VmDefinition
        {
            Id = vm,
            Name = $"vm-{id}",
            Memory = 16 << 20,
            Hooks = hooks ? ["/hooks/log"] : [],
            Disks = [new DiskDefinition { Path = $"/images/{id}.qcow2" }],
        };
        var view = Do(vm, new VmCommand.Define(change?.Invoke(definition) ?? definition));
        return view.Status == OperationStatus.Succeeded ? vm : throw new InvalidOperationException(view.Problem?.Detail);
    }

    public void RunUntil(Func<bool> condition, TimeSpan? limit = null)
    {
        if (!Dispatcher.RunUntil(condition, limit))
            throw new TimeoutException($"seed {Dispatcher.Seed}: it did not come to that within {limit ?? TimeSpan.FromMinutes(1)}");
    }

    public IReadOnlyList<HistoryEntry> History(VmId vm) => Dispatcher.Run(Dispatcher.Start(() => Supervisor.HistoryAsync(vm)));

    /// <summary>A supervisor begins, after one that was abandoned. Returns when it is ready.</summary>
    public void Begin() => Dispatcher.Run(BeginUnready());

    /// <summary>As <see cref="Begin"/>, without running anything: what comes meanwhile finds it unready.</summary>
    /// <returns>When it is ready.</returns>
    public Task BeginUnready()
    {
        Invariants.SupervisorBegins();
        if (Disk is not null || _journal is null)
            _journal = _before(Disk?.Open() ?? _memory);
        var peers = NewPeers();
        var leases = new Leases(Dispatcher.Time);
        _side = new CutOff(
            _journal, Hypervisor, Hooks, Resources, Backups, Memory, Migrations, new Conversation(peers, leases, _site.Conversation, Dispatcher.Time),
            Mirrors, SharedStorage, Images);
        _system = Dispatcher.CreateSystem(new ActorSystemOptions { Name = "node", LoggerFactory = new OneLogger(_logger) });
        var world = _world(new World(
            _side.Hypervisor, _side.Backups, _side.Memory, _side.Migrations, _side.Peers, _side.Mirrors, _side.SharedStorage, _side.Images, _side.Hooks, _side.Resources, Dispatcher.Time, _runDirectory, _side.Memories));
        var services = new VmServices(Name, _side.Journal, world, new VmBoard(), _limits, _logger) { Decided = _decided };
        var supervisor = Supervisor = new NodeSupervisor(services, _system);
        _ = new ConversationServer(Name, peers, supervisor.Arrivals, leases);
        var life = _life = new CancellationTokenSource();
        IsComingUp = true;
        return Dispatcher.Start(async () =>
        {
            await supervisor.StartAsync(CancellationToken.None);
            if (life.IsCancellationRequested)
                return false;
            Hypervisor.RememberBoot();
            if (_peers.Length > 0)
            {
                _site.Network.Join(Name, peers, life.Token);
                _ = Dispatcher.Start(async () =>
                {
                    await peers.RunAsync(life.Token);
                    return true;
                });
            }

            var autostart = new Autostart(supervisor, _autostarted, Hypervisor.BootId, Dispatcher.Time, _logger);
            _ = Dispatcher.Start(async () =>
            {
                if (AutostartDelay > TimeSpan.Zero)
                    await Task.Delay(AutostartDelay, Dispatcher.Time, life.Token);
                await autostart.RunAsync(life.Token);
                if (!life.IsCancellationRequested)
                    IsComingUp = false;
                return true;
            });
            return true;
        });
    }

    private PeerTable NewPeers() => new(
        new PeerSettings { Node = Name, Run = $"{Name}-{++_runs}", Seed = _runs }, _peers.ToDictionary(peer => peer, peer => $"sim:{peer}"),
        _site.Network.TransportOf(Name), Dispatcher.Time, _logger);

    private OperationId NextOperation() => OperationId.Parse($"op-{++_operations}");
}

/// <summary>One event as it stands in the journal.</summary>
internal sealed record Journaled(long Position, long Version, VmId Vm, Event Event);
