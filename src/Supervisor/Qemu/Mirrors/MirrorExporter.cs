using VmSupervisor.Domain;
using VmSupervisor.Qemu.Monitor;

namespace VmSupervisor.Qemu.Mirrors;

/// <summary>Exports a target's disks.</summary>
internal sealed class MirrorExporter(MirrorSession session, ExportRequest request)
{
    private const string Taken = "Address already in use";
    private const int NoPort = 0;

    /// <exception cref="MonitorTrouble">QEMU refused or did not answer.</exception>
    public async Task<MigrationAddress> RunAsync(CancellationToken cancellationToken)
    {
        var exports = (await session.Monitor.AskAsync(MirrorCommands.QueryExports, cancellationToken)).Ids;
        try
        {
            // Without an export nobody has found anything at a server that was begun by a former supervisor, which we do not know
            // the port of either.
            var port = exports.SelectMany(id => request.Disks.Select(disk => session.Names.PortOf(id, disk))).FirstOrDefault(found => found is not null)
                ?? await ServeAsync(cancellationToken);
            foreach (var disk in request.Disks.Where(disk => !exports.Contains(session.Names.ExportId(disk, port))))
                await session.Monitor.AskAsync(MirrorCommands.Export(session.Names.ExportId(disk, port), disk, session.Names.Export(disk)), cancellationToken);
            return At(port);
        }
        catch (MonitorTrouble trouble) when (!trouble.Failure.Unreachable)
        {
            await session.Monitor.TryAsync(MirrorCommands.StopServer, cancellationToken);
            throw;
        }
    }

    /// <exception cref="MonitorTrouble">QEMU did not answer, or goes on.</exception>
    public static async Task StopAsync(MirrorSession session, CancellationToken cancellationToken)
    {
        await session.Monitor.TryAsync(MirrorCommands.StopServer, cancellationToken);
        if ((await session.Monitor.AskAsync(MirrorCommands.QueryExports, cancellationToken)).Ids is [var left, ..])
            throw new MonitorTrouble(new MonitorResult.Failed($"QEMU still exports {left}", Unreachable: false), null);
    }

    private async Task<int> ServeAsync(CancellationToken cancellationToken)
    {
        await session.Monitor.TryAsync(MirrorCommands.StopServer, cancellationToken);
        await TlsCredentials.GiveAsync(session.Monitor, request.Tls, TlsCredentials.Server, cancellationToken);
        var (first, last) = request.At is ListenPlace.Ports(_, var from, var to) ? (from, to) : (NoPort, NoPort);
        for (var port = first; ; port++)
        {
            try
            {
                await session.Monitor.AskAsync(MirrorCommands.StartServer(At(port), request.Tls), cancellationToken);
                return port;
            }
            catch (MonitorTrouble trouble) when (port < last && !trouble.Failure.Unreachable && trouble.Failure.Reason.Contains(Taken, StringComparison.Ordinal))
            {
                // QEMU can go through a range by itself, and would not say where it has stopped.
            }
        }
    }

    private MigrationAddress At(int port) => request.At is ListenPlace.Ports(var host, _, _)
        ? new MigrationAddress.Tcp(host, port)
        : new MigrationAddress.Unix(session.Life.Files.Mirrors);
}
