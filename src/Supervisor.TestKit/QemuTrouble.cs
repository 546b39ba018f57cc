namespace VmSupervisor.TestKit;

/// <summary>What befalls a QEMU from outside.</summary>
internal enum QemuTrouble
{
    Killed,

    /// <summary>Its monitor does not answer.</summary>
    Hangs,
    GoesOn,

    /// <summary>It is in uninterruptible sleep.</summary>
    CannotDie,

    /// <summary>It is not any more, and dies if a SIGKILL is pending.</summary>
    CanDie,
}
