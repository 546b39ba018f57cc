using VmSupervisor.Qemu.Monitor;
using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Qemu.Migrations;

/// <summary>Begins a migration, once.</summary>
internal static class MigrationStart
{
    /// <exception cref="MonitorTrouble">QEMU refused or did not answer.</exception>
    public static async Task BeginAsync(MigrationSession session, MigrationRequest request, CancellationToken cancellationToken)
    {
        if (!request.IsNew && await IsBegunAsync(session, cancellationToken))
            return;
        await session.Monitor.AskAsync(LiveCommands.Capabilities(request.Options), cancellationToken);
        await TlsCredentials.GiveAsync(session.Monitor, request.Options.Tls, TlsCredentials.Client, cancellationToken);
        await session.Monitor.AskAsync(LiveCommands.Connection(request.Options, TlsCredentials.Client), cancellationToken);
        await session.Monitor.AskAsync(LiveCommands.Limits(request.Limits), cancellationToken);

        // When this is answered the status is setup, and no older one; whether it connects is seen later.
        await session.Monitor.AskAsync(LiveCommands.Migrate(request.To), cancellationToken);
    }

    /// <summary>
    /// One that completed counts while the machine stands in postmigrate: it was completed and nobody has written that
    /// down. A guest that runs again is another story.
    /// </summary>
    private static async Task<bool> IsBegunAsync(MigrationSession session, CancellationToken cancellationToken)
    {
        var migration = await session.QueryAsync(cancellationToken);
        return !migration.IsOver
            || (migration.Status == "completed" && (await session.Monitor.AskAsync(QmpCommands.QueryStatus, cancellationToken)).Status == "postmigrate");
    }
}
