namespace VmSupervisor.Actors.Persistence.Batching;

/// <summary>
/// Space that is kept occupied so that it can be given back when the store is full: then what must not be lost
/// (<see cref="AppendPriority.Reserve"/>) can still be written.
/// </summary>
public interface ISpaceReserve
{
    /// <summary>Whether the space is occupied, and so could be given back.</summary>
    bool IsHeld { get; }

    /// <summary>Gives the space back; false when it is not held or cannot be given back.</summary>
    bool TryRelease();

    /// <summary>Occupies the space again, whole or not at all; false when there is no room for it.</summary>
    bool TryRestore();
}
