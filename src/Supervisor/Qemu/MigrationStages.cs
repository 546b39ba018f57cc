namespace VmSupervisor.Qemu;

/// <summary>Where the source of a migration stands.</summary>
internal abstract record MigrationStage
{
    private MigrationStage()
    {
    }

    /// <summary>
    /// All but the last of the memory is over and the guest is stopped; nothing moves until the switch-over. A target that
    /// dies here goes unseen until then (checked on 7.2).
    /// </summary>
    public sealed record PreSwitchover : MigrationStage;

    /// <summary>The source is done: the target has said that it has loaded all.</summary>
    /// <param name="Total">How long it took.</param>
    /// <param name="Downtime">How long the guest stood still by QEMU's count, which ends here and not where the target runs.</param>
    /// <param name="Transferred">Bytes.</param>
    public sealed record Completed(TimeSpan Total, TimeSpan Downtime, long Transferred) : MigrationStage;

    /// <summary>It came to nothing; see <see cref="IMigrations"/> for what the machine is then.</summary>
    /// <param name="Reason">One line for a person; 7.2 has words only for what it saw before the switch-over.</param>
    public sealed record Failed(string Reason) : MigrationStage;

    /// <summary>It was cancelled; see <see cref="IMigrations"/> for what the machine is then.</summary>
    public sealed record Cancelled : MigrationStage;

    /// <summary>The source sends what the target still wants. It does not say that the target was reached: it may fail yet.</summary>
    public sealed record PostcopyActive : MigrationStage;

    /// <summary>A post-copy lost its connection. Neither side has all of the memory.</summary>
    public sealed record PostcopyPaused : MigrationStage;

    /// <summary>The monitor is closed or does not answer; where it stands is unknown.</summary>
    /// <param name="Reason">One line for a person.</param>
    public sealed record Unreachable(string Reason) : MigrationStage;
}

/// <summary>Where the target of a migration stands.</summary>
internal abstract record IncomingStage
{
    private IncomingStage()
    {
    }

    /// <summary>All is loaded. That is no permission to run: the source may not know.</summary>
    public sealed record Completed : IncomingStage;

    /// <summary>
    /// It will never run. QEMU 7.2 ends (exit status 1) when it cannot load or its source goes away; later ones may stay.
    /// </summary>
    /// <param name="Reason">One line for a person.</param>
    public sealed record Failed(string Reason) : IncomingStage;

    /// <summary>A post-copy has brought what it needs to run, and it is paused until it is continued.</summary>
    public sealed record PostcopyActive : IncomingStage;

    /// <summary>A post-copy lost its connection. The guest runs until it misses something.</summary>
    public sealed record PostcopyPaused : IncomingStage;

    /// <summary>The monitor does not answer.</summary>
    /// <param name="Reason">One line for a person.</param>
    public sealed record Unreachable(string Reason) : IncomingStage;
}

/// <summary>How far a migration is.</summary>
/// <param name="Transferred">Bytes sent.</param>
/// <param name="Remaining">Bytes of memory still to go.</param>
/// <param name="Total">Bytes of memory.</param>
/// <param name="Iterations">How often the memory was gone through.</param>
internal sealed record MigrationProgress(long Transferred, long Remaining, long Total, long Iterations)
{
    /// <summary>Pages per second that the guest writes to, as of the last iteration.</summary>
    public long DirtyPagesPerSecond { get; init; }

    /// <summary>How long the guest would stand still if it changed over now, by QEMU's estimate.</summary>
    public TimeSpan ExpectedDowntime { get; init; }

    /// <summary>How much of its CPU time the guest is denied, in percent; 0 when it is not slowed down.</summary>
    public int Throttle { get; init; }

    /// <summary>Bytes per second, as of QEMU's last measurement.</summary>
    public long BytesPerSecond { get; init; }
}
