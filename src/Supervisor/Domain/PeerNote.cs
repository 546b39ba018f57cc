namespace VmSupervisor.Domain;

/// <summary>What the other node of a session says. It is answered with what is known of the session afterwards.</summary>
internal abstract record PeerNote(MigrationSession Session)
{
    /// <summary>All was sent: commit.</summary>
    public sealed record Finish(MigrationSession Session) : PeerNote(Session);

    /// <summary>What is the verdict? Changes nothing, except that a session which is not known is closed.</summary>
    public sealed record Ask(MigrationSession Session) : PeerNote(Session);

    /// <summary>The source has given it up.</summary>
    public sealed record Abort(MigrationSession Session) : PeerNote(Session);

    /// <summary>The source knows the verdict.</summary>
    public sealed record Acknowledge(MigrationSession Session) : PeerNote(Session);
}
