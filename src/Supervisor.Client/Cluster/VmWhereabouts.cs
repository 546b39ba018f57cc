using System.Collections.Concurrent;
using VmSupervisor.Contracts.Remoting;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Client.Cluster;

/// <summary>
/// Where VMs live, as far as is known. It is asked before it is believed: a node that has not a VM any more says where it went, or
/// the others are asked.
/// </summary>
internal sealed class VmWhereabouts(IReadOnlyDictionary<string, NodeLink> nodes, VmClusterOptions options)
{
    private readonly ConcurrentDictionary<string, string> known = new(StringComparer.Ordinal);

    /// <summary>Asks the node of a VM; the next one when it is elsewhere. Whatever is asked must be something that may be asked again.</summary>
    /// <param name="vm">The VM.</param>
    /// <param name="node">The node to ask, whatever is known; null for that of the VM.</param>
    /// <param name="fallback">Names the node to ask when no node has the VM; null for none.</param>
    /// <param name="ask">Asks one.</param>
    /// <param name="cancellationToken">Ends the looking.</param>
    public async Task<T> AskAsync<T>(VmReference vm, string? node, Func<string?>? fallback, Func<NodeLink, Task<T>> ask, CancellationToken cancellationToken)
    {
        var without = new HashSet<string>(StringComparer.Ordinal);
        var at = node ?? known.GetValueOrDefault(vm.Text) ?? await FindAsync(vm, without, cancellationToken).ConfigureAwait(false) ?? fallback?.Invoke() ?? throw NotFound(vm);

        // A VM that moves while it is asked for can be found so often and no more.
        for (var hops = 2 * nodes.Count; ; hops--)
        {
            try
            {
                var answer = await ask(LinkOf(at)).ConfigureAwait(false);
                known[vm.Text] = at;
                return answer;
            }
            catch (VmsupException e) when (e.Home is { } home && hops > 0)
            {
                at = Follow(vm, home);
            }
            catch (VmsupException e) when (e.Kind == ProblemKind.NotFound && node is null && hops > 0 && without.Add(at))
            {
                known.TryRemove(vm.Text, out _);
                if (await FindAsync(vm, without, cancellationToken).ConfigureAwait(false) is not { } elsewhere)
                    throw;
                at = elsewhere;
            }
        }
    }

    /// <summary>The node that has a VM now; null when none has. Others than these are not asked.</summary>
    /// <exception cref="VmsupException">A node that may have it does not answer.</exception>
    public async Task<string?> FindAsync(VmReference vm, IReadOnlySet<string> without, CancellationToken cancellationToken)
    {
        using var first = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var asked = nodes.Values.Where(link => !without.Contains(link.Name)).Select(link => LookAsync(link, vm, first.Token)).ToList();
        var homes = new List<string>();
        VmsupException? silent = null;
        await foreach (var look in Task.WhenEach(asked).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            var (node, view, error) = await look.ConfigureAwait(false);
            if (view is { Home: null })
            {
                // The others need not answer any more.
                await first.CancelAsync().ConfigureAwait(false);
                return known[vm.Text] = node;
            }

            if (view?.Home is { } home)
                homes.Add(home);
            silent ??= error;
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (homes.FirstOrDefault(nodes.ContainsKey) is { } named && !without.Contains(named))
            return known[vm.Text] = named;
        if (homes.Count > 0 && !nodes.ContainsKey(homes[0]))
            Follow(vm, homes[0]);
        return silent is null ? null : throw new VmsupException(
            new Problem(ProblemKind.Unavailable, $"vm {vm} is on none of the nodes that answer, and one does not: {silent.Message}"), innerException: silent);
    }

    /// <summary>A VM was seen on a node.</summary>
    public void Saw(VmReference vm, string node) => known[vm.Text] = node;

    public NodeLink LinkOf(string node) => nodes.TryGetValue(node, out var link)
        ? link
        : throw new VmsupException(new Problem(ProblemKind.Invalid, $"node {node} is none of this client's: {string.Join(", ", nodes.Keys.Order())}"));

    public static VmsupException NotFound(VmReference vm) => new(new Problem(ProblemKind.NotFound, $"vm {vm} is not defined on any node"));

    private string Follow(VmReference vm, string home)
    {
        if (nodes.ContainsKey(home))
            return known[vm.Text] = home;
        known.TryRemove(vm.Text, out _);
        throw new VmsupException(new Problem(
            ProblemKind.Unavailable, $"vm {vm} lives on node {home}, which is none of this client's: {string.Join(", ", nodes.Keys.Order())}"))
        { Home = home };
    }

    private async Task<(string Node, VmView? View, VmsupException? Error)> LookAsync(NodeLink link, VmReference vm, CancellationToken cancellationToken)
    {
        try
        {
            var view = await link.CallAsync<VmRequest, VmView>(
                RemotingProtocol.Vm, _ => new VmRequest(vm), options.LookTimeout, cancellationToken).ConfigureAwait(false);
            return (link.Name, view, null);
        }
        catch (VmsupException e)
        {
            return (link.Name, null, e.Kind == ProblemKind.NotFound ? null : e);
        }
        catch (OperationCanceledException)
        {
            return (link.Name, null, null);
        }
    }
}
