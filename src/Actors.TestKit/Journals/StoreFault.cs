namespace VmSupervisor.Actors.TestKit.Journals;

/// <summary>What may become of one commit of a <see cref="SimulatedDisk"/>.</summary>
public enum StoreFault
{
    /// <summary>It fails before anything is written, and says so.</summary>
    NotWritten,

    /// <summary>The commit fails, and nothing of it survives; whoever waits cannot know.</summary>
    LostBeforeCommit,

    /// <summary>It is durable, and the answer is lost.</summary>
    CommittedUnanswered,

    /// <summary>The disk hangs for longer than a writer waits, and commits then.</summary>
    Slow,
}
