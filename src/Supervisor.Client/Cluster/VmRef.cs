using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Json;
using VmSupervisor.Contracts.Remoting;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Client.Cluster;

/// <summary>
/// A reference to a VM, wherever it lives. Everything throws <see cref="VmsupException"/> with the node's reason when it does not
/// do what was asked. A VM that was moved is followed.
/// </summary>
public sealed class VmRef
{
    private readonly VmCluster cluster;

    internal VmRef(VmCluster cluster, VmReference vm) => (this.cluster, Vm) = (cluster, vm);

    /// <summary>The VM: its number or its name.</summary>
    public VmReference Vm { get; }

    /// <summary>
    /// Gives a command, and returns when it is accepted: it is durable and will end, or has ended well by then. A connection
    /// that breaks meanwhile does no harm: it is asked again with the same operation id.
    /// </summary>
    /// <param name="command">What is wished.</param>
    /// <param name="options">How; the deadline is <see cref="VmClusterOptions.AnswerTimeout"/> unless told.</param>
    /// <param name="cancellationToken">Ends the waiting, not the operation.</param>
    public Task<OperationView> AskAsync(VmCommand command, AskOptions? options = null, CancellationToken cancellationToken = default) =>
        AskAsync(command, options, WaitFor.Accepted, options?.Deadline ?? cluster.Options.AnswerTimeout, cancellationToken);

    /// <summary>Gives a command, and returns when it has ended well. As <see cref="AskAsync(VmCommand, AskOptions?, CancellationToken)"/> otherwise.</summary>
    /// <param name="command">What is wished.</param>
    /// <param name="options">How; there is no deadline unless told.</param>
    /// <param name="cancellationToken">Ends the waiting, not the operation.</param>
    public Task<OperationView> RunAsync(VmCommand command, AskOptions? options = null, CancellationToken cancellationToken = default) =>
        AskAsync(command, options, WaitFor.Ended, options?.Deadline, cancellationToken);

    /// <summary>
    /// Gives a command and returns when it was handed to the connection; nobody says what became of it. It is lost with a connection
    /// that breaks, and when the VM is not where it was last seen; <see cref="OperationAsync"/> finds out.
    /// </summary>
    /// <param name="command">What is wished.</param>
    /// <param name="options">How; the deadline is that for finding the VM's node.</param>
    /// <param name="cancellationToken">Ends the looking for the VM.</param>
    /// <returns>The operation's id.</returns>
    public async Task<OperationId> TellAsync(VmCommand command, AskOptions? options = null, CancellationToken cancellationToken = default)
    {
        var id = options?.Operation ?? NewId();
        using var limit = new CancellationTokenSource(options?.Deadline ?? cluster.Options.AnswerTimeout, cluster.Options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var tell = new TellRequest(Vm, CommandJson.Write(command), id);
        try
        {
            return await cluster.Whereabouts.AskAsync(Vm, options?.Node, () => Fallback(command), async node =>
            {
                var session = await node.SessionAsync(either.Token).ConfigureAwait(false);
                await session.NotifyAsync(RemotingProtocol.Tell, tell).ConfigureAwait(false);
                return id;
            }, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new VmsupException(new Problem(ProblemKind.TimedOut, $"vm {Vm}: its node cannot be reached in time"), innerException: e);
        }
    }

    /// <summary>How the VM is, as it last published.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<VmView> ViewAsync(CancellationToken cancellationToken = default) => cluster.Whereabouts.AskAsync(Vm, null, null, async node =>
    {
        var view = await node.CallAsync<VmRequest, VmView>(
            RemotingProtocol.Vm, _ => new VmRequest(Vm), cluster.Options.AnswerTimeout, cancellationToken).ConfigureAwait(false);
        return view.Home is null ? view : throw new VmsupException(
            new Problem(ProblemKind.NotFound, $"vm {Vm} was moved from node {node.Name} to node {view.Home}"))
        { Home = view.Home };
    }, cancellationToken);

    /// <summary>What became of an operation of this VM, however it ended, on whichever node it was.</summary>
    /// <param name="operation">Which.</param>
    /// <param name="wait">When to answer.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<OperationView> OperationAsync(OperationId operation, WaitFor wait = WaitFor.Ended, CancellationToken cancellationToken = default)
    {
        // Its node, by where it may have been given; its record does not move with the VM.
        var unknown = new List<VmsupException>();
        var first = await cluster.Whereabouts.FindAsync(Vm, new HashSet<string>(), cancellationToken).ConfigureAwait(false);
        foreach (var node in cluster.Links.Values.OrderByDescending(node => node.Name == first))
        {
            try
            {
                return await node.CallAsync<OperationRequest, OperationView>(
                    RemotingProtocol.Operation, left => new OperationRequest(operation, left, wait),
                    wait == WaitFor.Accepted ? cluster.Options.AnswerTimeout : null, cancellationToken).ConfigureAwait(false);
            }
            catch (VmsupException e) when (e.Kind == ProblemKind.NotFound)
            {
                unknown.Add(e);
            }
        }

        throw unknown[0];
    }

    /// <summary>
    /// How it stands with the VM: at once, and whenever that changes. That it is gone or moved, and that its node cannot be reached (so
    /// that nothing is known of it; it most likely runs on), are two different things. Where it was moved, it is followed.
    /// </summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="VmsupException">No node has the VM to begin with.</exception>
    public IAsyncEnumerable<VmWatchNews> WatchAsync(CancellationToken cancellationToken = default) =>
        new VmWatching(cluster, Vm).ReadAsync(cancellationToken);

    /// <summary>
    /// What happens to the VM, on whichever node, as <see cref="VmCluster.EventsAsync"/>; that it moves is an event of both nodes.
    /// </summary>
    /// <param name="after">By node the position after which to begin.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<ClusterEvent> EventsAsync(
        IReadOnlyDictionary<string, long>? after = null,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var id = Vm.Id ?? (await ViewAsync(cancellationToken).ConfigureAwait(false)).Id;
        await foreach (var next in ClusterEvents.ReadAsync(cluster, id, after, cancellationToken).ConfigureAwait(false))
            yield return next;
    }

    private Task<OperationView> AskAsync(VmCommand command, AskOptions? options, WaitFor wait, TimeSpan? deadline, CancellationToken cancellationToken)
    {
        // Once, whatever happens until there is an answer.
        var id = options?.Operation ?? NewId();
        var json = CommandJson.Write(command);
        return cluster.Whereabouts.AskAsync(Vm, options?.Node, () => Fallback(command), node => node.CallAsync<AskRequest, OperationView>(
            RemotingProtocol.Ask, left => new AskRequest(Vm, json, id, left, wait), deadline, cancellationToken), cancellationToken);
    }

    // A VM that is to be made is on no node yet.
    private string? Fallback(VmCommand command) => (command, cluster.Links.Count) switch
    {
        (VmCommand.Define, 1) => cluster.Links.Keys.Single(),
        (VmCommand.Define, _) => throw new VmsupException(new Problem(
            ProblemKind.Invalid, $"vm {Vm}: define: say on which node (AskOptions.Node): {string.Join(", ", cluster.Links.Keys.Order())}")),
        _ => null,
    };

    private OperationId NewId() => OperationId.Parse(Guid.CreateVersion7(cluster.Options.Time.GetUtcNow()).ToString());
}
