namespace VmSupervisor.Actors.Persistence;

/// <summary>A journal that knows how much room it has. Not every journal does: it may be another machine's matter.</summary>
public interface IJournalSpace
{
    /// <summary>The room it has now; cheap, but it asks the file system.</summary>
    /// <exception cref="IOException">The file system does not tell.</exception>
    JournalSpace LookAtSpace();
}

/// <summary>How much room a journal has.</summary>
/// <param name="Where">Where it is, for a person.</param>
/// <param name="FreeBytes">What it can still take before it needs its reserve.</param>
/// <param name="ReserveBytes">The size of the reserve for what must not be lost; 0 when none is wanted.</param>
/// <param name="ReserveHeld">Whether the reserve is there; when it is not, though wanted, the disk is or was full.</param>
public sealed record JournalSpace(string Where, long FreeBytes, long ReserveBytes, bool ReserveHeld);
