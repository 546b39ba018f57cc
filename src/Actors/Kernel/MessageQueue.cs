using System.Diagnostics.CodeAnalysis;

namespace VmSupervisor.Actors.Kernel;

/// <summary>
/// The user messages: a linked queue with many producers and one consumer (Vyukov). An empty one costs 32 bytes for
/// its only node, where a ConcurrentQueue costs a kilobyte.
/// </summary>
internal sealed class MessageQueue
{
    private Node _head;
    private Node _tail;

    public MessageQueue() => _head = _tail = new Node();

    /// <summary>Whether nothing is visible to the consumer; a producer in the middle of an enqueue is not yet.</summary>
    public bool IsEmpty => Volatile.Read(ref _head.Next) is null;

    public void Enqueue(object message, IActorRef? sender)
    {
        var node = new Node { Message = message, Sender = sender };
        var previous = Interlocked.Exchange(ref _tail, node);
        Volatile.Write(ref previous.Next, node);
    }

    public bool TryDequeue(out Envelope envelope)
    {
        var next = Volatile.Read(ref _head.Next);
        if (next is null)
        {
            envelope = default;
            return false;
        }

        envelope = new Envelope(next.Message!, next.Sender);

        // The node stays as the new head; it must not keep the message alive.
        next.Message = null;
        next.Sender = null;
        _head = next;
        return true;
    }

    private sealed class Node
    {
        public Node? Next;
        public object? Message;
        public IActorRef? Sender;
    }
}
