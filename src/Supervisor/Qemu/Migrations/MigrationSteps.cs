using VmSupervisor.Qemu.Monitor;

namespace VmSupervisor.Qemu.Migrations;

/// <summary>
/// Steps that QEMU takes after it has answered: they are done when its status says so, so that whoever follows does not
/// meet the former one.
/// </summary>
internal static class MigrationSteps
{
    /// <exception cref="MonitorTrouble">QEMU refused or did not answer.</exception>
    public static async Task SwitchOverAsync(MigrationSession session, CancellationToken cancellationToken)
    {
        var migration = await session.QueryAsync(cancellationToken);
        if (migration.Status is "device" or "completed" || migration.IsPostcopy)
            return;
        if (migration.Status != "pre-switchover")
            throw Refused($"the migration is '{migration.Status ?? "none"}' and not at the switch-over");
        await session.Monitor.AskAsync(LiveCommands.SwitchOver, cancellationToken);
        await LeaveAsync(session, "pre-switchover", "QEMU did not begin to switch over", cancellationToken);
    }

    /// <exception cref="MonitorTrouble">QEMU refused or did not answer, or it did not connect.</exception>
    public static async Task RecoverAsync(MigrationSession session, MigrationAddress address, CancellationToken cancellationToken)
    {
        var migration = await session.QueryAsync(cancellationToken);
        if (migration.Status != "postcopy-paused")
        {
            if (migration.IsPostcopy)
                return;
            throw Refused($"the migration is '{migration.Status ?? "none"}': there is no post-copy to connect again");
        }

        await session.Monitor.AskAsync(LiveCommands.Migrate(address, resume: true), cancellationToken);
        await LeaveAsync(session, "postcopy-paused", $"the post-copy could not be connected to {address.Uri}", cancellationToken);
    }

    private static async Task LeaveAsync(MigrationSession session, string status, string problem, CancellationToken cancellationToken)
    {
        var began = session.Time.GetTimestamp();
        while ((await session.QueryPatientlyAsync(cancellationToken)).Status == status)
        {
            if (session.Time.GetElapsedTime(began) >= session.Deadline)
                throw Refused($"{problem} within {session.Deadline.TotalSeconds:0.###} s");
            await session.WaitAsync(cancellationToken);
        }
    }

    private static MonitorTrouble Refused(string reason) => new(new MonitorResult.Failed(reason, Unreachable: false), null);
}
