namespace VmSupervisor.AspNetCore.Consoles;

/// <summary>What serves one client of a WebSocket. Disposing it frees whatever the client held.</summary>
internal interface ISocketService : IAsyncDisposable
{
    /// <summary>The longest message that is passed on whole; 0 when messages mean nothing and bytes are passed on as they come.</summary>
    int LongestMessage { get; }

    /// <summary>Sends until there is nothing more to send.</summary>
    /// <exception cref="VmSupervisor.Consoles.SlowClientException">The client does not take it.</exception>
    Task ServeAsync(ClientSocket client, CancellationToken cancellationToken);

    /// <summary>Takes what the client sent; what comes next waits for it.</summary>
    Task TakeAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>The client is given up: notes it, and makes the message that says so.</summary>
    byte[] Drop(string reason);
}
