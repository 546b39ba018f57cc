namespace VmSupervisor.Domain;

/// <summary>The moments of a life at which hooks run, in this order.</summary>
internal enum HookPhase
{
    PreStart,
    PostStart,
    PreStop,
    PostStop,
}

/// <summary>What became of a phase's hooks.</summary>
internal enum HookStatus
{
    /// <summary>All ended with 0.</summary>
    Succeeded,

    /// <summary>One could not be run or ended with something else; those after it were not run.</summary>
    Failed,

    /// <summary>The limit ran out and it was killed.</summary>
    TimedOut,

    /// <summary>It was killed because it was not wanted any more.</summary>
    Killed,

    /// <summary>It never began, and never will.</summary>
    NeverBegan,

    /// <summary>It began, and whoever ran it is gone without a result; never repeated.</summary>
    Unknown,
}

/// <summary>The outcome of a phase, as it is written into the journal.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Detail">One line for a person: which hook, how it ended; empty when all went well.</param>
/// <param name="Output">What the hooks wrote, bounded.</param>
internal sealed record HookOutcome(HookStatus Status, string Detail, string Output);
