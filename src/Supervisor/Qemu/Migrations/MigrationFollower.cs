using VmSupervisor.Qemu.Monitor;

namespace VmSupervisor.Qemu.Migrations;

/// <summary>Follows the source of a migration to its next stage.</summary>
/// <remarks>
/// Events tell only when to look: the status that counts is <c>query-migrate</c>, which remembers what happened while
/// nobody listened. What this version does not know is on its way to something else.
/// </remarks>
internal sealed class MigrationFollower(MigrationSession session, Action<MigrationProgress> progress)
{
    private static readonly TimeSpan FiguresTake = TimeSpan.FromMilliseconds(30);
    private const int FigureLooks = 5;
    private long? toldAt;

    public async Task<MigrationStage> RunAsync(MigrationStage? known, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var migration = await session.QueryPatientlyAsync(cancellationToken);
                var stage = await StageAsync(session, migration, cancellationToken);
                var isNews = stage is not null && stage.GetType() != known?.GetType();
                Tell(migration, isNews);
                if (isNews)
                    return stage!;
                await session.WaitAsync(cancellationToken);
            }
        }
        catch (MonitorTrouble trouble)
        {
            return new MigrationStage.Unreachable(trouble.Failure.Reason);
        }
    }

    /// <summary>The stage that a status stands for; null when it is on its way.</summary>
    /// <exception cref="MonitorTrouble">QEMU did not answer.</exception>
    public static async Task<MigrationStage?> StageAsync(MigrationSession session, QmpLiveMigration migration, CancellationToken cancellationToken) => migration.Status switch
    {
        null or "none" => new MigrationStage.Failed("QEMU knows nothing of a migration"),
        "pre-switchover" => new MigrationStage.PreSwitchover(),
        "postcopy-active" => new MigrationStage.PostcopyActive(),
        "postcopy-paused" => new MigrationStage.PostcopyPaused(),
        "completed" => await FiguresAsync(session, migration, cancellationToken),
        "failed" => new MigrationStage.Failed(migration.Reason),
        "cancelled" => new MigrationStage.Cancelled(),
        _ => null,
    };

    private static async Task<MigrationStage> FiguresAsync(MigrationSession session, QmpLiveMigration migration, CancellationToken cancellationToken)
    {
        for (var i = 0; i < FigureLooks && !migration.HasFigures; i++)
        {
            await Task.Delay(FiguresTake, session.Time, cancellationToken);
            migration = await session.QueryPatientlyAsync(cancellationToken);
        }

        return migration.Completed;
    }

    private void Tell(QmpLiveMigration migration, bool always)
    {
        if (migration.IsNone || (!always && toldAt is { } at && session.Time.GetElapsedTime(at) < MigrationSession.Turn))
            return;
        toldAt = session.Time.GetTimestamp();
        progress(migration.Progress);
    }
}
