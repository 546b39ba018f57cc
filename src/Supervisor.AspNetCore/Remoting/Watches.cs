using System.Collections.Concurrent;
using VmSupervisor.AspNetCore.Routing;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Remoting;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.AspNetCore.Remoting;

/// <summary>
/// The watches of one connection: each tells when a VM is gone from this node, or back. A client that is slow is told how it stands
/// when it can be told, not how it stood in between.
/// </summary>
internal sealed class Watches(ApiRequest request, Outbox outbox, CancellationToken end)
{
    private readonly ConcurrentDictionary<long, CancellationTokenSource> _open = new();
    private long _last;

    /// <summary>Its news begin when the returned action is called.</summary>
    public (WatchNews Result, Action Begin) Open(VmReference vm)
    {
        var view = request.Supervisor.Find(vm.Text);

        // By number one may wait for what is not there yet; a name that nobody has is most likely a mistake.
        if ((view?.Id ?? vm.Id) is not { } id || !request.Identity.Sees(id))
            throw ApiRequest.NoSuchVm(vm.Text);
        var limit = request.Options.Remoting.Watches;
        if (_open.Count >= limit)
            throw RemotingException.Of(RemotingErrors.TooMany, $"{limit} watches of this connection are open, more are not allowed", ProblemKind.Unavailable);
        var watch = Interlocked.Increment(ref _last);
        var ending = CancellationTokenSource.CreateLinkedTokenSource(end);
        _open[watch] = ending;
        var result = News(watch, id, view);
        return (result, () => _ = RunAsync(result, ending));
    }

    public void Close(long watch)
    {
        if (!_open.TryRemove(watch, out var ending))
            throw RemotingException.Of(ProblemDocument.Of(new Problem(ProblemKind.NotFound, $"watch {watch} is not open")));
        ending.Cancel();
        ending.Dispose();
    }

    private async Task RunAsync(WatchNews told, CancellationTokenSource ending)
    {
        try
        {
            var ended = ending.Token;
            while (true)
            {
                var last = Standing(told.View);
                var view = await request.Supervisor.WaitForViewAsync(told.Vm, seen => Standing(seen) != last, ended);
                told = News(told.Watch, told.Vm, view);
                await outbox.AnswerAsync(RemotingMessage.Notification(RemotingProtocol.Watch, told), ended);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The client has ended it, its connection has, or the supervisor stops and the connection with it.
        }
        finally
        {
            if (_open.TryRemove(told.Watch, out _))
                ending.Dispose();
        }
    }

    private static WatchNews News(long watch, VmId vm, VmView? view)
    {
        var (presence, home) = Standing(view);
        return new(watch, vm, presence, home, view);
    }

    private static (VmPresence Presence, string? Home) Standing(VmView? view) => view switch
    {
        null => (VmPresence.Undefined, null),
        { Home: { } home } => (VmPresence.Moved, home),
        _ => (VmPresence.Here, null),
    };
}
