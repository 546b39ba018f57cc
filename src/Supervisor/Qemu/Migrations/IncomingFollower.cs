using VmSupervisor.Qemu.Monitor;
using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Qemu.Migrations;

/// <summary>Follows the target of a migration to its next stage.</summary>
internal sealed class IncomingFollower(MigrationSession session)
{
    public async Task<IncomingStage> RunAsync(IncomingStage? known, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var stage = Stage(await session.QueryPatientlyAsync(cancellationToken));
                if (stage is not null && stage.GetType() != known?.GetType())
                    return stage;
                await session.WaitAsync(cancellationToken);
            }
        }
        catch (MonitorTrouble trouble) when (trouble.Fault?.Kind is QmpFaultKind.Closed or QmpFaultKind.NobodyListens)
        {
            return new IncomingStage.Failed($"QEMU ended: {QemuWords.From(session.Life.Files.Log, "it said nothing")}");
        }
        catch (MonitorTrouble trouble)
        {
            return new IncomingStage.Unreachable(trouble.Failure.Reason);
        }
    }

    private static IncomingStage? Stage(QmpLiveMigration migration) => migration.Status switch
    {
        "completed" => new IncomingStage.Completed(),
        "failed" or "cancelled" => new IncomingStage.Failed(migration.Reason),
        "postcopy-active" => new IncomingStage.PostcopyActive(),
        "postcopy-paused" => new IncomingStage.PostcopyPaused(),
        _ => null,
    };
}
