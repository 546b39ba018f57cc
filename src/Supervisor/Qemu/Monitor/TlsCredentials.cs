using System.Text.Json;
using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Qemu.Monitor;

/// <summary>What QEMU proves itself with where its data go over the network.</summary>
internal static class TlsCredentials
{
    /// <summary>QEMU's object for the end that connects.</summary>
    public const string Client = "vmsup-tls-client";

    /// <summary>QEMU's object for the end that is connected to.</summary>
    public const string Server = "vmsup-tls-server";

    /// <summary>Gives QEMU the files as they are now; those of an earlier migration may have been renewed since.</summary>
    /// <exception cref="MonitorTrouble">QEMU cannot use them, or did not answer.</exception>
    public static async Task GiveAsync(MonitorCalls monitor, MigrationTls? tls, string id, CancellationToken cancellationToken)
    {
        if (tls is null)
            return;
        await monitor.TryAsync(new QmpCommand<QmpNothing>("object-del", QmpNothing.Read, json => json.WriteString("id", id)), cancellationToken);
        await monitor.AskAsync(Add(id, tls.Directory), cancellationToken);
    }

    private static QmpCommand<QmpNothing> Add(string id, string directory) => new("object-add", QmpNothing.Read, json =>
    {
        json.WriteString("qom-type", "tls-creds-x509");
        json.WriteString("id", id);
        json.WriteString("dir", directory);
        json.WriteString("endpoint", id == Server ? "server" : "client");
        json.WriteBoolean("verify-peer", true);
    });
}
