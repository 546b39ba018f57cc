using System.Net.WebSockets;
using VmSupervisor.AspNetCore.Consoles;

namespace VmSupervisor.AspNetCore.Remoting;

/// <summary>
/// What waits to be sent to one client: answers before events, both bounded. Whoever finds no room waits, and nobody else does.
/// </summary>
internal sealed class Outbox(ClientSocket client)
{
    /// <summary>More than a few are only there when the client does not read; then what would make more is not read either.</summary>
    private const int Room = 32;

    private readonly Lock _lock = new();
    private readonly Queue<byte[]> _answers = new();
    private readonly Queue<byte[]> _events = new();
    private readonly SemaphoreSlim _answerRoom = new(Room);
    private readonly SemaphoreSlim _eventRoom = new(Room);
    private readonly SemaphoreSlim _waiting = new(0);

    /// <summary>Returns when there was room; it goes before every event.</summary>
    /// <param name="message">What to send.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <param name="before">Called when there is room, and before the client can have it.</param>
    public async Task AnswerAsync(byte[] message, CancellationToken cancellationToken, Action? before = null)
    {
        await _answerRoom.WaitAsync(cancellationToken);
        before?.Invoke();
        Add(_answers, message);
    }

    /// <summary>Returns when there was room: whether it had to be waited for.</summary>
    public async Task<bool> EventAsync(byte[] message, CancellationToken cancellationToken)
    {
        var waited = !_eventRoom.Wait(0, CancellationToken.None);
        if (waited)
            await _eventRoom.WaitAsync(cancellationToken);
        Add(_events, message);
        return waited;
    }

    /// <summary>Sends until cancelled.</summary>
    /// <exception cref="VmSupervisor.Consoles.SlowClientException">The client takes nothing.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _waiting.WaitAsync(cancellationToken);
            var (message, room) = Next();
            room.Release();
            await client.SendAsync(message, WebSocketMessageType.Text, cancellationToken);
        }
    }

    private void Add(Queue<byte[]> queue, byte[] message)
    {
        lock (_lock)
            queue.Enqueue(message);
        _waiting.Release();
    }

    private (byte[] Message, SemaphoreSlim Room) Next()
    {
        lock (_lock)
            return _answers.TryDequeue(out var answer) ? (answer, _answerRoom) : (_events.Dequeue(), _eventRoom);
    }
}
