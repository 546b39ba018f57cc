using VmSupervisor.Qemu.Monitor;

namespace VmSupervisor.Qemu.Migrations;

/// <summary>Ends a migration and waits until it is over.</summary>
internal static class MigrationCancel
{
    public static async Task<MigrationStage> RunAsync(MigrationSession session, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var migration = await session.QueryPatientlyAsync(cancellationToken);
                if (migration.IsNone)
                    return new MigrationStage.Cancelled();
                if (migration.IsOver || migration.IsPostcopy)
                    return await StageAsync(session, migration, cancellationToken);
                if (migration.Status != "cancelling")
                    await session.Monitor.TryAsync(LiveCommands.Cancel, cancellationToken);
                await session.WaitAsync(cancellationToken);
            }
        }
        catch (MonitorTrouble trouble)
        {
            return new MigrationStage.Unreachable(trouble.Failure.Reason);
        }
    }

    /// <summary>A post-copy that connects again is one that has lost its connection.</summary>
    private static async Task<MigrationStage> StageAsync(MigrationSession session, QmpLiveMigration migration, CancellationToken cancellationToken) =>
        await MigrationFollower.StageAsync(session, migration, cancellationToken) ?? new MigrationStage.PostcopyPaused();
}
