namespace VmSupervisor.Actors.Supervision;

/// <summary>What becomes of a child that failed.</summary>
public enum Directive
{
    /// <summary>Go on with the next message, state as it is.</summary>
    Resume,

    /// <summary>End this life and begin a new one; mailbox, path and watchers stay.</summary>
    Restart,

    /// <summary>Stop the child.</summary>
    Stop,

    /// <summary>Fail myself with the same failure.</summary>
    Escalate,
}
