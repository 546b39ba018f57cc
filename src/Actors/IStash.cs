namespace VmSupervisor.Actors;

/// <summary>
/// Messages that an actor puts aside. A restart returns them to the mailbox; what is stashed when the actor stops
/// goes to dead letters.
/// </summary>
public interface IStash
{
    /// <summary>How many messages are put aside.</summary>
    int Count { get; }

    /// <summary>Puts the message that is being handled aside.</summary>
    /// <exception cref="InvalidOperationException">No message is being handled, or it is stashed already.</exception>
    void Stash();

    /// <summary>Returns the oldest message to the front of the mailbox.</summary>
    void Unstash();

    /// <summary>Returns all messages to the front of the mailbox, in the order they came.</summary>
    void UnstashAll();
}
