using VmSupervisor.Cli.Output;
using VmSupervisor.Client;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Cli.Commands;

/// <summary>Gives a command to a VM and tells how it ended.</summary>
internal static class Operations
{
    public static async Task RunAsync(
        Session session, string vm, VmCommand command, OperationId? operation, bool wait, CancellationToken cancellationToken)
    {
        var id = operation ?? NewId();
        try
        {
            await RunAsync(session, vm, command, id, wait, cancellationToken).ConfigureAwait(false);
        }
        catch (VmsupUnreachableException e) when (e.WasSent)
        {
            session.Terminal.Error.WriteLine($"the same command with --operation {id} asks what became of it, and does nothing twice");
            throw;
        }
    }

    private static async Task RunAsync(
        Session session, string vm, VmCommand command, OperationId id, bool wait, CancellationToken cancellationToken)
    {
        if (!wait)
        {
            var accepted = await session.Client.SubmitAsync(vm, command, id, cancellationToken: cancellationToken).ConfigureAwait(false);
            Write(session, accepted, accepted.Id.Value);
            return;
        }

        var ended = session.Terminal.ErrorTakesColor
            ? await Progress.ShowAsync(session, vm, command, id, cancellationToken).ConfigureAwait(false)
            : await session.Client.RunAsync(vm, command, id, cancellationToken).ConfigureAwait(false);
        Write(session, ended, $"vm {ended.Vm}: {ended.Note ?? Past(command)}");
    }

    private static void Write(Session session, OperationView operation, string line)
    {
        if (session.IsJson)
            session.WriteJson(operation);
        else
            session.Terminal.Out.WriteLine(line);
    }

    // Made here and not by the daemon, so that the request has a name also when its answer is lost.
    // Sixty random bits: enough for the day that results are kept, short enough for every table and log line.
    private static OperationId NewId() => OperationId.Parse(Guid.NewGuid().ToString("N")[..16]);

    private static string Past(VmCommand command) => command switch
    {
        VmCommand.Define => "defined",
        VmCommand.Undefine => "undefined",
        VmCommand.Start { Paused: true } => "started, paused",
        VmCommand.Start => "started",
        VmCommand.Stop => "stopped",
        VmCommand.Shutdown => "shut down",
        VmCommand.Reboot => "rebooted",
        VmCommand.Backup backup => $"backed up to {backup.Directory}",
        VmCommand.SuspendToDisk => "suspended to disk",
        VmCommand.Migrate migrate => $"moved to node {migrate.Target}",
        VmCommand.MigrateResolve => "resolved",
        VmCommand.Cancel => "cancelled",
        VmCommand.Reset => "reset",
        VmCommand.Pause => "paused",
        VmCommand.Resume => "resumed",
        _ => command.Kind + " done",
    };
}
