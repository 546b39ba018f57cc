using System.Globalization;
using VmSupervisor.Qemu.Monitor;

namespace VmSupervisor.Qemu.Migrations;

/// <summary>Lets a target listen.</summary>
internal sealed class MigrationListener(MigrationSession session)
{
    /// <exception cref="MonitorTrouble">QEMU refused or did not answer.</exception>
    public async Task<MigrationAddress> BeginAsync(ListenRequest request, CancellationToken cancellationToken)
    {
        // Told twice, QEMU refuses; what it was told by a former supervisor was this.
        if ((await session.QueryAsync(cancellationToken)).Listens is { } already)
            return already;
        await session.Monitor.AskAsync(LiveCommands.Capabilities(request.Options), cancellationToken);
        await TlsCredentials.GiveAsync(session.Monitor, request.Options.Tls, TlsCredentials.Server, cancellationToken);
        await session.Monitor.AskAsync(LiveCommands.Connection(request.Options, TlsCredentials.Server), cancellationToken);
        await session.Monitor.AskAsync(LiveCommands.Listen(Uri(request.At)), cancellationToken);
        return await WhereAsync(cancellationToken);
    }

    /// <exception cref="MonitorTrouble">QEMU refused or did not answer.</exception>
    public async Task<MigrationAddress> AgainAsync(ListenPlace place, CancellationToken cancellationToken)
    {
        await session.Monitor.AskAsync(LiveCommands.ListenAgain(Uri(place)), cancellationToken);
        return await WhereAsync(cancellationToken);
    }

    private async Task<MigrationAddress> WhereAsync(CancellationToken cancellationToken) =>
        (await session.QueryAsync(cancellationToken)).Listens
            ?? throw new MonitorTrouble(new MonitorResult.Failed("QEMU listens and does not say where", Unreachable: false), null);

    /// <summary>Going through the ports is QEMU's part: nobody can take one between a look and the bind.</summary>
    private string Uri(ListenPlace place) => place switch
    {
        ListenPlace.RunDirectory => new MigrationAddress.Unix(session.Life.Files.Migration).Uri,
        ListenPlace.Ports(var host, var first, var last) => string.Create(
            CultureInfo.InvariantCulture, $"{new MigrationAddress.Tcp(host, first).Uri},to={last}"),
        _ => throw new InvalidOperationException(),
    };
}
