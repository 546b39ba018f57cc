namespace VmSupervisor.TestKit;

/// <summary>What must hold whatever happens, by its number in the design. 7 is about migrations.</summary>
internal enum Invariant
{
    OneCleanup = 1,
    HooksBalance = 2,
    LateNewsIsHarmless = 3,
    NotCleanWhileAlive = 4,
    KeepActiveHolds = 5,
    NeverTwo = 6,
    NothingUnowned = 8,
    EveryOperationEnds = 9,
    AWayOut = 10,
    DurableBeforeVisible = 11,
    GuestsOutlive = 12,
}

/// <summary>Something that was seen and must not be.</summary>
internal sealed record Violation(Invariant Invariant, string What)
{
    public override string ToString() => $"invariant {(int)Invariant} ({Invariant}): {What}";
}
