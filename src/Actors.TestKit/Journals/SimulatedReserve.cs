using VmSupervisor.Actors.Persistence.Batching;

namespace VmSupervisor.Actors.TestKit.Journals;

/// <summary>The room on a simulated disk, counted in writes, and the part of it that is kept for what must not be lost.</summary>
internal sealed class SimulatedReserve : ISpaceReserve
{
    private const int Size = 20;

    /// <summary>For how many writes there is room; null for any number.</summary>
    public int? Room { get; set; }

    public bool IsHeld { get; private set; }

    public bool TryRelease()
    {
        if (!IsHeld)
            return false;
        IsHeld = false;
        Room += Size;
        return true;
    }

    public bool TryRestore()
    {
        if (IsHeld)
            return true;
        return IsHeld = TryTake(Size);
    }

    /// <summary>Takes room for so many writes, or none when there is not enough.</summary>
    public bool TryTake(int writes)
    {
        if (Room < writes)
            return false;
        Room -= writes;
        return true;
    }
}
