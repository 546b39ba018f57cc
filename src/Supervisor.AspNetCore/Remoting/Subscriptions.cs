using System.Collections.Concurrent;
using System.Globalization;
using VmSupervisor.AspNetCore.Routing;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Remoting;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.AspNetCore.Remoting;

/// <summary>
/// The subscriptions of one connection. Each reads the journal as fast as its client takes: nothing is held for it but what is
/// in the outbox, and one that falls too far behind ends.
/// </summary>
internal sealed class Subscriptions(ApiRequest request, Outbox outbox, CancellationToken end)
{
    private readonly ConcurrentDictionary<long, CancellationTokenSource> _open = new();
    private long _last;

    /// <summary>Its events begin when the returned action is called.</summary>
    public (SubscribeResult Result, Action Begin) Open(SubscribeRequest wish)
    {
        var now = request.Supervisor.Node.Position;
        if (wish.After is < 0)
            throw RemotingException.Invalid($"subscribe: params.after: found {wish.After}, allowed is a position, a number from 0");
        if (wish.After > now)
        {
            throw RemotingException.Of(Contracts.Http.ProblemDocument.Of(new Problem(ProblemKind.Conflict, string.Create(
                CultureInfo.InvariantCulture,
                $"subscribe: params.after: {wish.After} is not reached, the journal of this node ends at {now}: it was restored since, or is another one"))));
        }

        var limit = request.Options.Remoting.Subscriptions;
        if (_open.Count >= limit)
            throw RemotingException.Of(RemotingErrors.TooMany, $"{limit} subscriptions of this connection are open, more are not allowed", ProblemKind.Unavailable);
        var id = Interlocked.Increment(ref _last);
        var ending = CancellationTokenSource.CreateLinkedTokenSource(end);
        _open[id] = ending;
        var result = new SubscribeResult(id, wish.After ?? now);
        return (result, () => _ = RunAsync(result, wish.Vm, ending));
    }

    public void Close(long id)
    {
        if (!_open.TryRemove(id, out var ending))
            throw RemotingException.Of(Contracts.Http.ProblemDocument.Of(new Problem(ProblemKind.NotFound, $"subscription {id} is not open")));
        ending.Cancel();
        ending.Dispose();
    }

    private async Task RunAsync(SubscribeResult subscription, VmId? vm, CancellationTokenSource ending)
    {
        var ended = ending.Token;
        try
        {
            var lost = await SendAsync(subscription, vm, ended);

            // Behind its events, so that whoever is told has all of them.
            if (_open.ContainsKey(subscription.Subscription))
                await outbox.EventAsync(RemotingMessage.Notification(RemotingProtocol.Lost, lost), ended);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The client has ended it, or its connection.
        }
        finally
        {
            if (_open.TryRemove(subscription.Subscription, out _))
                ending.Dispose();
        }
    }

    private async Task<LostNews> SendAsync(SubscribeResult subscription, VmId? vm, CancellationToken cancellationToken)
    {
        var (id, position) = subscription;
        var caughtUp = false;
        try
        {
            await foreach (var happened in request.Supervisor.EventsAsync(position, cancellationToken).WithCancellation(cancellationToken))
            {
                if ((vm is null || happened.Vm == vm) && request.Identity.Sees(happened.Vm))
                {
                    var message = RemotingMessage.Notification(RemotingProtocol.Event, new EventNews(id, happened));
                    var waited = await outbox.EventAsync(message, cancellationToken);

                    // Only then can it be behind. Whoever reads what is long past is not told that it is slow.
                    var behind = waited || !caughtUp ? request.Supervisor.Node.Position - happened.Position : 0;
                    caughtUp |= behind <= 0;
                    if (caughtUp && behind > request.Options.Remoting.EventsBehind)
                        return new LostNews(id, happened.Position, string.Create(CultureInfo.InvariantCulture, $"slow: {behind} events behind"));
                }

                position = happened.Position;
            }

            return new LostNews(id, position, "the supervisor is stopping");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new LostNews(id, position, "the supervisor is stopping");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new LostNews(id, position, $"the journal cannot be read now: {e.Message}");
        }
    }
}
