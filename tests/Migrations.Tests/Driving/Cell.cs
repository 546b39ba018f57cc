namespace VmSupervisor.Migrations.Tests.Driving;

/// <summary>Who or what is struck.</summary>
internal enum Victim
{
    SourceSupervisor,
    TargetSupervisor,
    BothSupervisors,
    SourceQemu,
    TargetQemu,
    Network,
}

/// <summary>When it is struck. Each is a state in which the migration is held until it has happened.</summary>
internal enum Moment
{
    /// <summary>The source has journaled the session; the target has not heard of it.</summary>
    Begun,

    /// <summary>The target's QEMU listens; the source has not heard of it.</summary>
    Prepared,

    /// <summary>Memory is being sent.</summary>
    Sending,

    /// <summary>The guest stands still and its devices are sent; the target's QEMU has not said that it has them.</summary>
    SwitchingOver,

    /// <summary>The source has journaled that it asks to finish; the target has not heard of it.</summary>
    FinishRequested,

    /// <summary>The target has committed, and its guest has not been continued yet.</summary>
    Committed,

    /// <summary>It runs at the target; the source has not heard of it.</summary>
    Runs,
}

/// <summary>Where the VM is in the end.</summary>
internal enum Outcome
{
    RunsAtSource,
    RunsAtTarget,
    CrashedAtSource,
    CrashedAtTarget,
}

/// <summary>One cell of the matrix.</summary>
/// <param name="Victim">Who or what is struck.</param>
/// <param name="Lasts">Whether it is away for longer than the other side waits; QEMU is never back.</param>
/// <param name="Moment">When.</param>
internal sealed record Cell(Victim Victim, bool Lasts, Moment Moment)
{
    /// <summary>All: a target's QEMU cannot be killed before there is one.</summary>
    public static IReadOnlyList<Cell> All { get; } =
    [
        .. from row in Rows()
           from moment in Enum.GetValues<Moment>()
           where !(row.Victim == Victim.TargetQemu && moment == Moment.Begun)
           select new Cell(row.Victim, row.Lasts, moment),
    ];

    /// <summary>
    /// Those that tests have the time for: without the rows whose other row, in which the other side gives up, is the harder one.
    /// </summary>
    public static IReadOnlyList<Cell> Quick { get; } = [.. All.Where(c => c.Lasts || c.Victim is Victim.SourceSupervisor or Victim.BothSupervisors)];

    /// <summary>Whether QEMU is the victim.</summary>
    public bool IsQemu => Victim is Victim.SourceQemu or Victim.TargetQemu;

    /// <summary>
    /// What docs/migration.md says of it. Two where it depends on who comes back first: a source that is restarted before it has
    /// sent anything prepares again, and gives up if the target is not there.
    /// </summary>
    public IReadOnlyList<Outcome> Allowed => (Victim, Moment) switch
    {
        (Victim.SourceQemu, < Moment.FinishRequested) => [Outcome.CrashedAtSource],
        (Victim.TargetQemu, >= Moment.Committed) => [Outcome.CrashedAtTarget],
        (_, >= Moment.Committed) => [Outcome.RunsAtTarget],

        // A source that is gone with all its memory sent: what the target has is the last good copy, and it is asked to run it.
        (Victim.SourceQemu, Moment.FinishRequested) => [Outcome.RunsAtTarget],

        (Victim.SourceSupervisor, Moment.Begun) when Lasts => [Outcome.RunsAtSource, Outcome.RunsAtTarget],
        (Victim.SourceSupervisor or Victim.TargetSupervisor or Victim.BothSupervisors, Moment.Begun) when !Lasts => [Outcome.RunsAtTarget],

        // The source asks again, and the target has waited.
        (Victim.SourceSupervisor, Moment.Prepared or Moment.SwitchingOver or Moment.FinishRequested) when !Lasts => [Outcome.RunsAtTarget],
        (Victim.Network, Moment.Begun or Moment.Prepared or Moment.FinishRequested) when !Lasts => [Outcome.RunsAtTarget],
        _ => [Outcome.RunsAtSource],
    };

    public override string ToString() => $"{RowName}/{Moment}";

    public string RowName => IsQemu || Victim == Victim.BothSupervisors ? $"{Victim}" : $"{Victim}-{(Lasts ? "late" : "soon")}";

    private static IEnumerable<(Victim Victim, bool Lasts)> Rows() =>
        from victim in Enum.GetValues<Victim>()
        from lasts in victim switch
        {
            Victim.SourceQemu or Victim.TargetQemu => [true],

            // Nobody waits for them meanwhile.
            Victim.BothSupervisors => [false],
            _ => new[] { true, false },
        }
        select (victim, lasts);
}
