using System.Reflection;
using System.Runtime.CompilerServices;
using VmSupervisor.Actors;
using VmSupervisor.Actors.Persistence;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Domain;
using VmSupervisor.Migration;
using VmSupervisor.Vms.Journal;
using VmSupervisor.Vms.Views;

namespace VmSupervisor.Vms;

/// <summary>The supervisor of one node, on an actor system of its own.</summary>
internal sealed class NodeSupervisor : IVmSupervisor
{
    /// <summary>Longer than the journal takes to answer at worst, so that its answer is the one that is seen.</summary>
    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(90);

    private const int EventsPerRead = 256;
    private const int NotesShown = 1000;

    private readonly VmServices _services;
    private readonly ActorSystem _system;
    private readonly IActorRef _directory;
    private readonly OperationsInFlight _inFlight = new();
    private readonly Definer _definer;
    private readonly CommandChecks _checks;
    private readonly DryRun _dryRun;
    private readonly Arrivals _arrivals;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _ending = new();
    private volatile bool _ready;
    private volatile Task<IReadOnlyList<OperationView>>? _shutdown;

    public NodeSupervisor(VmServices services, ActorSystem system)
    {
        _services = services;
        _system = system;
        _directory = system.ActorOf(Props.Create(() => new VmDirectory(services)), "vms");
        var pins = new MachinePins(services.World.Hypervisor, services.Board);
        _definer = new Definer(services.Board, pins, AskAsync);
        _checks = new CommandChecks(services.World);
        _dryRun = new DryRun(services, pins);
        _arrivals = new Arrivals(services, _directory, _checks, system.Time, () => _ready ? IsShuttingDown ? "the node is being shut down" : null : "the node is starting or stopping");
    }

    /// <summary>The VMs as the other nodes of migrations see them.</summary>
    public IMigrationVms Arrivals => _arrivals;

    private bool IsShuttingDown => _shutdown is { IsCompleted: false };

    public static string Version { get; } = Assembly.GetExecutingAssembly().GetName().Version?.ToString(3) ?? "0.0.0";

    public NodeView Node
    {
        get
        {
            var board = _services.Board;
            return new NodeView(_services.Node, Version, _ready, board.List().Count, board.Position, board.Problems().ToValueList());
        }
    }

    /// <summary>Brings back every VM that the journal knows; returns when all are owned again.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Before anything else: what a newer program knows of these VMs, this one does not.
        await NewerJournalException.ThrowIfNewerAsync(_services.Journal, Version, cancellationToken);
        var names = await _services.Journal.PersistenceIdsAsync(cancellationToken);
        _services.Board.PositionReached(await _services.Journal.HighestPositionAsync(cancellationToken));
        var vms = new List<VmId>();
        foreach (var name in names)
        {
            if (StreamName.TryParse(name, out var vm))
                vms.Add(vm);
        }

        await _directory.Ask<AllRecovered>(new RecoverAll(vms), Timeout.InfiniteTimeSpan, cancellationToken);
        _ready = true;
    }

    /// <summary>Lets go of all VMs. Their guests run on.</summary>
    public async Task StopAsync()
    {
        _ready = false;

        // Not CancelAsync: that would wake who waits on the thread pool, past the dispatcher.
        _stopping.Cancel();
        await _system.TerminateAsync();
    }

    public IReadOnlyList<VmView> List() => _services.Board.List();

    public VmView? Find(string idOrName) => _services.Board.Find(idOrName);

    public VmDefinition? FindDefinition(VmId vm) => _services.Board.FindDefinition(vm);

    public VmDefinition? FindRunningDefinition(VmId vm) => _services.Board.FindRunningDefinition(vm);

    public async Task<CommandLineResult> CommandLineAsync(VmDefinition definition, CancellationToken cancellationToken = default) =>
        _checks.WhyInvalid(definition.Id, definition) is { } fault
            ? new([], new Problem(ProblemKind.Invalid, fault))
            : await _dryRun.CommandLineAsync(definition, cancellationToken);

    public IReadOnlyList<OperationView> Operations() => _services.Board.Operations();

    public Task<OperationView> SubmitAsync(
        VmId vm, VmCommand command, OperationId operation, Caller caller, CancellationToken cancellationToken = default) =>
        SubmitAsync(vm, command, Wishes.Of(command, _services.Node, _services.MigrationDeadline), operation, caller, cancellationToken);

    public Task<IReadOnlyList<OperationView>> ShutDownNodeAsync(TimeSpan limit, Caller caller, CancellationToken cancellationToken = default)
    {
        lock (_ending)
        {
            // Its own, so that whoever asked may go away.
            if (_shutdown is null or { IsCompleted: true })
                _shutdown = new NodeShutdown(this, limit, caller, _system.Time).RunAsync(_stopping.Token);
            return _shutdown.WaitAsync(cancellationToken);
        }
    }

    /// <summary>As <see cref="IVmSupervisor.SubmitAsync"/>, for a wish that says more than its command does.</summary>
    internal async Task<OperationView> SubmitAsync(
        VmId vm, VmCommand command, Wish wish, OperationId operation, Caller caller, CancellationToken cancellationToken)
    {
        var asked = new Operation(operation, command.Kind, caller.Name, _system.Time.GetUtcNow(), Wishes.Fingerprint(vm, command));
        if (!_ready)
            return Refuse(vm, asked, ProblemKind.Unavailable, "the node is starting or stopping");
        using var entered = _inFlight.Enter(operation, asked.Fingerprint);
        if (entered is null)
            return Refuse(vm, asked, ProblemKind.Conflict, $"operation id '{operation}' is in use for another command");
        if (await FindEarlierAsync(vm, asked, cancellationToken) is { } earlier)
            return earlier;
        if (IsShuttingDown && command is VmCommand.Start or VmCommand.Reboot)
            return Refuse(vm, asked, ProblemKind.Conflict, "the node is being shut down");
        if (_checks.WhyInvalid(vm, command) is { } fault)
            return Refuse(vm, asked, ProblemKind.Invalid, fault);
        if (command is not VmCommand.Define && _services.Board.FindDefinition(vm) is null && _services.Board.WhyUnavailable(vm) is null)
            return Refuse(vm, asked, ProblemKind.NotFound, "there is no such VM; 'vmsup define FILE' makes one");

        try
        {
            switch (command)
            {
                case VmCommand.Define it:
                    return await _definer.DefineAsync(it.Definition, asked, cancellationToken);
                case VmCommand.Start:
                    await _definer.PinBeforeStartAsync(vm, asked, cancellationToken);
                    break;
                case VmCommand.Migrate migrate when WhyNotTo(migrate.Target) is var (kind, why):
                    return Refuse(vm, asked, kind, why);
                case VmCommand.MigrateResolve when await _arrivals.OtherNodeAsync(vm, cancellationToken) is { } other && _services.World.Peers.IsConnected(other):
                    return Refuse(vm, asked, ProblemKind.Conflict, $"node {other} answers, and is being asked; only one that is gone can count as lost");
            }

            return await AskAsync(new Submit(vm, asked, wish), cancellationToken);
        }
        catch (AskTimeoutException)
        {
            return Refuse(vm, asked, ProblemKind.Unavailable, "the VM did not answer; ask again with the same operation id");
        }
    }

    /// <summary>As <see cref="SubmitAsync(VmId, VmCommand, Wish, OperationId, Caller, CancellationToken)"/>, and returns when it has ended.</summary>
    internal async Task<OperationView> CarryOutAsync(
        VmId vm, VmCommand command, Wish wish, OperationId operation, Caller caller, CancellationToken cancellationToken)
    {
        var view = await SubmitAsync(vm, command, wish, operation, caller, cancellationToken);
        return view.Ended ? view : await WaitForEndAsync(operation, cancellationToken) ?? view;
    }

    public async Task<OperationView?> FindOperationAsync(OperationId operation, CancellationToken cancellationToken = default)
    {
        if (_services.Board.FindOperation(operation) is var (view, _))
            return view;
        var receipt = await _services.Journal.FindReceiptAsync(operation.Value, cancellationToken);
        return receipt is null ? null : OperationReceipts.Read(receipt);
    }

    public async Task<OperationView?> WaitForEndAsync(OperationId operation, CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        return await _services.Board.WaitForEndAsync(operation, either.Token)
            ?? await FindOperationAsync(operation, either.Token);
    }

    public async Task<VmView?> WaitForViewAsync(VmId vm, Func<VmView?, bool> condition, CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        return await _services.Board.WaitForViewAsync(vm, condition, either.Token);
    }

    public async Task<IReadOnlyList<HistoryEntry>> HistoryAsync(VmId vm, CancellationToken cancellationToken = default)
    {
        var entries = new List<HistoryEntry>();
        await foreach (var stored in _services.Journal.ReadAsync(StreamName.Of(vm), 1, cancellationToken: cancellationToken))
            entries.Add(HistoryEntries.Of(Read(stored), stored.Version));
        foreach (var note in await _services.Journal.ReadNotesAsync(StreamName.Of(vm), NotesShown, cancellationToken))
            entries.Add(HistoryEntries.Of(InputNote.FromBytes(note.Payload), note.AtVersion, note.At));
        return [.. entries.OrderBy(e => e.Version).ThenBy(e => e.Type is "refused" or "ignored").ThenBy(e => e.Time)];
    }

    public async IAsyncEnumerable<VmEvent> EventsAsync(
        long? afterPosition, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        var position = afterPosition ?? _services.Board.Position;
        while (true)
        {
            await _services.Board.WaitForPositionAsync(position, either.Token);
            var stored = await _services.Journal.ReadAllAsync(position, EventsPerRead, either.Token);
            foreach (var one in stored)
            {
                position = one.Position;
                if (StreamName.TryParse(one.PersistenceId, out var vm))
                    yield return new VmEvent(one.Position, vm, HistoryEntries.Of(Read(one), one.Version));
            }

            // What was announced and cannot be read any more was deleted: there is nothing to wait for at that place.
            if (stored.Count == 0)
                position = _services.Board.Position;
        }
    }

    /// <summary>Why nothing can be sent to a node; null when it can be tried.</summary>
    private (ProblemKind Kind, string Why)? WhyNotTo(string target)
    {
        var nodes = _services.World.Peers.Nodes;
        if (target == _services.Node)
            return (ProblemKind.Conflict, $"it is on node {target} already");
        return nodes.Contains(target)
            ? null
            : (ProblemKind.NotFound, $"this node knows no node {target}; it knows {(nodes.Count == 0 ? "none (nodes.NAME in its configuration)" : string.Join(", ", nodes))}");
    }

    private static Event Read(JournalEvent stored) =>
        (Event)VmEventSerializer.Instance.Deserialize(stored.Type, stored.SchemaVersion, stored.Payload);

    /// <summary>The answer to an operation id that is known: looked up before the mailbox.</summary>
    private async Task<OperationView?> FindEarlierAsync(VmId vm, Operation asked, CancellationToken cancellationToken)
    {
        (OperationView View, string Fingerprint)? earlier = _services.Board.FindOperation(asked.Id);
        try
        {
            if (earlier is null && await _services.Journal.FindReceiptAsync(asked.Id.Value, cancellationToken) is { } receipt)
                earlier = (OperationReceipts.Read(receipt), receipt.Fingerprint);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return Refuse(vm, asked, ProblemKind.Unavailable, $"the journal cannot be read: {e.Message}");
        }

        return earlier switch
        {
            null => null,
            var (view, fingerprint) when fingerprint == asked.Fingerprint => view,
            var (view, _) => Refuse(vm, asked, ProblemKind.Conflict, $"operation id '{asked.Id}' was used for {view.Kind} of vm {view.Vm}"),
        };
    }

    private Task<OperationView> AskAsync(Submit submit, CancellationToken cancellationToken) =>
        _directory.Ask<OperationView>(submit, AskLimit, cancellationToken);

    private OperationView Refuse(VmId vm, Operation asked, ProblemKind kind, string why) =>
        OperationViews.Refused(vm, asked, _system.Time.GetUtcNow(), kind, why);
}
