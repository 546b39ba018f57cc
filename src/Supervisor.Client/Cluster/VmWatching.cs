using System.Runtime.CompilerServices;
using System.Threading.Channels;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Remoting;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Client.Cluster;

/// <summary>One who watches a VM: from node to node and from session to session.</summary>
internal sealed class VmWatching(VmCluster cluster, VmReference vm)
{
    // Only the last one counts.
    private const int NewsHeld = 4;

    private VmWatchNews? last;

    public async IAsyncEnumerable<VmWatchNews> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var node = await cluster.Whereabouts.FindAsync(vm, new HashSet<string>(), cancellationToken).ConfigureAwait(false) ?? throw VmWhereabouts.NotFound(vm);
        while (true)
        {
            var link = cluster.Whereabouts.LinkOf(node);
            if (!await IsUpAsync(link, cancellationToken).ConfigureAwait(false))
            {
                if (IsNew(new(VmStanding.Unreachable, node, null, null, link.Refusal?.Message ?? "it does not answer"), out var unreachable))
                    yield return unreachable;
            }

            var session = await link.SessionAsync(cancellationToken).ConfigureAwait(false);
            if (await OpenAsync(session, cancellationToken).ConfigureAwait(false) is not var (news, later))
                continue;
            try
            {
                for (WatchNews? current = news; current is not null; current = await NextAsync(later, cancellationToken).ConfigureAwait(false))
                {
                    if (IsNew(Of(node, current), out var changed))
                        yield return changed;
                    if (current.Home is not { } home || !cluster.Links.ContainsKey(home))
                        continue;
                    node = home;
                    cluster.Whereabouts.Saw(vm, home);
                    break;
                }
            }
            finally
            {
                session.Forget(RemotingProtocol.Watch, news.Watch);
                _ = session.UnwatchAsync(news.Watch);
            }
        }
    }

    private static VmWatchNews Of(string node, WatchNews news) => news.Presence switch
    {
        VmPresence.Here => new(VmStanding.Here, node, null, news.View, null),
        VmPresence.Moved => new(VmStanding.Moved, node, news.Home, news.View, null),
        _ => new(VmStanding.Gone, node, null, null, null),
    };

    /// <summary>Whether there is a session, or is again before anybody needs to know.</summary>
    private async Task<bool> IsUpAsync(NodeLink link, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(cluster.Options.UnreachableAfter, cluster.Options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            await link.SessionAsync(either.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<(WatchNews News, ChannelReader<SessionNews> Later)?> OpenAsync(RemotingSession session, CancellationToken cancellationToken)
    {
        ChannelReader<SessionNews>? later = null;
        try
        {
            // By number once that is known: a name is nobody's when the VM is gone.
            var wanted = last?.View is { } seen ? new VmReference(seen.Id) : vm;
            var news = await session.CallAsync<VmRequest, WatchNews>(
                RemotingProtocol.Watch, new VmRequest(wanted), cancellationToken,
                result => later = session.Listen(RemotingProtocol.Watch, result.Watch, BoundedChannelFullMode.DropOldest, NewsHeld)).ConfigureAwait(false);
            return (news, later!);
        }
        catch (SessionBrokenException)
        {
            return null;
        }
    }

    private static async Task<WatchNews?> NextAsync(ChannelReader<SessionNews> later, CancellationToken cancellationToken) =>
        await later.WaitToReadAsync(cancellationToken).ConfigureAwait(false) && later.TryRead(out var news) ? news.Read<WatchNews>() : null;

    private bool IsNew(VmWatchNews news, out VmWatchNews changed)
    {
        changed = news;
        var isNew = (last?.Standing, last?.Node, last?.Home) != (news.Standing, news.Node, news.Home);
        last = news with { View = news.View ?? last?.View };
        return isNew;
    }
}
