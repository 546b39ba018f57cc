namespace VmSupervisor.Model.Scenarios;

/// <summary>What a step of a trace is in a scenario.</summary>
internal abstract record Move
{
    private Move() { }

    /// <summary>A line, at the moment that the trace has reached.</summary>
    /// <param name="Text">What is done.</param>
    public sealed record Line(string Text) : Move;

    /// <summary>A fault that has to be there before it is met, and goes when it was.</summary>
    /// <param name="Begin">What is done first.</param>
    /// <param name="Since">Where it has to stand.</param>
    /// <param name="Until">The entry of the journal that says it was met.</param>
    /// <param name="End">What is done then.</param>
    public sealed record Fault(string Begin, FaultPlace Since, string Until, string End) : Move;

    /// <summary>One and then the other.</summary>
    public sealed record Both(Move First, Move Second) : Move;

    /// <summary>There is no word for it.</summary>
    public sealed record Unspoken : Move;
}

internal enum FaultPlace
{
    /// <summary>Where the trace is.</summary>
    Here,

    /// <summary>Before the life began.</summary>
    BeforeTheLife,

    /// <summary>Before the backup was asked for.</summary>
    BeforeTheBackup,
}
