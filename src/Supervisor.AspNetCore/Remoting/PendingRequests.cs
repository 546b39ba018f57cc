using System.Text.Json;
using VmSupervisor.Contracts.Remoting;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.AspNetCore.Remoting;

/// <summary>The requests of one connection that have no answer yet, by their ids.</summary>
internal sealed class PendingRequests(int limit)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, PendingRequest> _pending = [];

    /// <exception cref="RemotingException">There are too many, or one has this id.</exception>
    public PendingRequest Enter(JsonElement id, CancellationToken end)
    {
        // As it was written: "1" and 1 are two ids.
        var key = id.GetRawText();
        lock (_lock)
        {
            if (_pending.Count >= limit)
            {
                throw RemotingException.Of(
                    RemotingErrors.TooMany, $"{limit} requests of this connection are pending, more are not allowed; ask again when one is answered", ProblemKind.Unavailable);
            }

            if (_pending.ContainsKey(key))
                throw RemotingException.Of(RemotingErrors.NoRequest, $"id: {key} is that of a request which is pending");
            return _pending[key] = new PendingRequest(CancellationTokenSource.CreateLinkedTokenSource(end));
        }
    }

    public void Leave(JsonElement id)
    {
        lock (_lock)
        {
            if (_pending.Remove(id.GetRawText(), out var request))
                request.Dispose();
        }
    }

    /// <summary>Its answer is not needed; nothing when it has one.</summary>
    public void Cancel(JsonElement id)
    {
        lock (_lock)
        {
            if (_pending.TryGetValue(id.GetRawText(), out var request))
                request.Cancel();
        }
    }
}

/// <summary>A request that has no answer yet.</summary>
internal sealed class PendingRequest(CancellationTokenSource cancellation) : IDisposable
{
    /// <summary>The client has cancelled it, or the connection has ended.</summary>
    public CancellationToken Token { get; } = cancellation.Token;

    public bool IsCancelled { get; private set; }

    public void Cancel()
    {
        IsCancelled = true;
        _ = cancellation.CancelAsync();
    }

    public void Dispose() => cancellation.Dispose();
}
