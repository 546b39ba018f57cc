using System.Runtime.CompilerServices;
using System.Threading.Channels;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Remoting;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Client.Cluster;

/// <summary>
/// One stream of one node's events, from session to session and from subscription to subscription: where one ends, the next begins
/// behind the last event that was taken.
/// </summary>
internal sealed class NodeEvents(NodeLink link, VmId? vm, long? after, VmClusterOptions options)
{
    private long? position = after;

    public async IAsyncEnumerable<ClusterEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var session = await link.SessionAsync(cancellationToken).ConfigureAwait(false);
            var (subscription, events, lost) = await OpenAsync(session, cancellationToken).ConfigureAwait(false);
            if (lost is not null)
                yield return lost;
            if (events is null)
                continue;
            try
            {
                await foreach (var news in events.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                {
                    if (news.Method == RemotingProtocol.Lost)
                    {
                        // Too slow, or the node goes down. The journal has it still: it is read again from there.
                        position = Math.Max(position ?? 0, news.Read<LostNews>().After);
                        break;
                    }

                    var happened = news.Read<EventNews>().Event;
                    position = happened.Position;
                    yield return new ClusterEvent.Happened(link.Name, happened);
                }
            }
            finally
            {
                session.Forget(RemotingProtocol.Subscribe, subscription);
                _ = session.UnsubscribeAsync(subscription);
            }
        }
    }

    private async Task<(long Subscription, ChannelReader<SessionNews>? Events, ClusterEvent.Lost? Lost)> OpenAsync(
        RemotingSession session, CancellationToken cancellationToken)
    {
        ChannelReader<SessionNews>? events = null;
        try
        {
            var result = await session.CallAsync<SubscribeRequest, SubscribeResult>(
                RemotingProtocol.Subscribe, new SubscribeRequest(position, vm), cancellationToken,
                opened => events = session.Listen(RemotingProtocol.Subscribe, opened.Subscription, BoundedChannelFullMode.Wait, options.EventsHeld)).ConfigureAwait(false);

            // Also when nothing has happened yet: what does while the connection is broken is not to be missed.
            position = result.After;
            return (result.Subscription, events, null);
        }
        catch (SessionBrokenException)
        {
            return (0, null, null);
        }
        catch (VmsupException e) when (e.Kind == ProblemKind.Conflict && position is { } reached)
        {
            // Its end now, not that of hello: it may have grown since.
            var end = await link.CallAsync<ListRequest, ListResult>(
                RemotingProtocol.List, _ => new ListRequest(), options.AnswerTimeout, cancellationToken).ConfigureAwait(false);
            position = end.Position;
            return (0, null, new ClusterEvent.Lost(link.Name, reached, end.Position));
        }
        catch (VmsupException e) when (e.Kind == ProblemKind.Unavailable)
        {
            await Task.Delay(options.FirstPause, options.Time, cancellationToken).ConfigureAwait(false);
            return (0, null, null);
        }
    }
}
