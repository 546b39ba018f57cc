using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using VmSupervisor.Qemu.Monitor;
using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Qemu.Mirrors;

/// <summary>The monitor's commands for disks that go with their guest; those for jobs and nodes are the backups'.</summary>
internal static class MirrorCommands
{
    /// <summary>What is exported.</summary>
    public static QmpCommand<QmpExports> QueryExports { get; } = new("query-block-exports", QmpExports.Read);

    /// <summary>Ends the server, all exports and their connections; refused when there is no server.</summary>
    public static QmpCommand<QmpNothing> StopServer { get; } = new("nbd-server-stop", QmpNothing.Read);

    /// <summary>Begins to serve; refused when there is a server.</summary>
    public static QmpCommand<QmpNothing> StartServer(MigrationAddress at, MigrationTls? tls)
    {
        var where = Socket(at);
        var type = where["type"]!.DeepClone();
        where.Remove("type");
        var arguments = new JsonObject { ["addr"] = new JsonObject { ["type"] = type, ["data"] = where } };
        if (tls is not null)
            arguments["tls-creds"] = TlsCredentials.Server;
        return With("nbd-server-start", arguments);
    }

    /// <summary>Serves a disk for writing. It activates the image of a QEMU that waits for its guest.</summary>
    public static QmpCommand<QmpNothing> Export(string id, string disk, string name) => With("block-export-add", new()
    {
        ["type"] = "nbd",
        ["id"] = id,
        ["node-name"] = disk,
        ["name"] = name,
        ["writable"] = true,
    });

    /// <summary>
    /// Opens a disk of the target. QEMU waits for it, so it must have a limit: without one 7.2 waits for a frozen peer for
    /// ever. With one it also tries again for that long where nobody listens.
    /// </summary>
    public static QmpCommand<QmpNothing> Connect(string node, MirrorRequest request, string export)
    {
        var arguments = new JsonObject
        {
            ["node-name"] = node,
            ["driver"] = "nbd",
            ["server"] = Socket(request.To),
            ["export"] = export,
            ["open-timeout"] = Math.Max(1, (long)request.ConnectsWithin.TotalSeconds),
        };
        if (request.Tls is { } tls)
        {
            arguments["tls-creds"] = TlsCredentials.Client;
            if (tls.Hostname is not null)
                arguments["tls-hostname"] = tls.Hostname;
        }

        return With("blockdev-add", arguments);
    }

    /// <summary>Begins to mirror.</summary>
    public static QmpCommand<QmpNothing> Mirror(string job, string disk, string node, long? speed, bool synchronous) => With("blockdev-mirror", new()
    {
        ["job-id"] = job,
        ["device"] = disk,
        ["target"] = node,
        ["sync"] = "full",
        ["speed"] = speed ?? 0,
        ["copy-mode"] = synchronous ? "write-blocking" : "background",

        // An error of the mirror is the mirror's: with any other action it would stop the guest or wait for a person.
        ["on-source-error"] = "report",
        ["on-target-error"] = "report",

        // Its end stays to be found by whoever comes after us.
        ["auto-dismiss"] = false,
    });

    /// <summary>Ends a mirror that is ready, once both sides are equal and the target has all of it on disk; one that is not ready is cancelled.</summary>
    public static QmpCommand<QmpNothing> Complete(string job) => new("block-job-cancel", QmpNothing.Read, json => json.WriteString("device", job));

    /// <summary>Cuts the connection of a node of <see cref="Connect"/>; refused when there is none.</summary>
    public static QmpCommand<QmpNothing> Cut(string node) => With("yank", new()
    {
        ["instances"] = new JsonArray(new JsonObject { ["type"] = "block-node", ["node-name"] = node }),
    }) with
    {
        OutOfBand = true,
    };

    private static JsonObject Socket(MigrationAddress at) => at switch
    {
        MigrationAddress.Unix(var path) => new() { ["type"] = "unix", ["path"] = path },
        MigrationAddress.Tcp(var host, var port) => new() { ["type"] = "inet", ["host"] = host, ["port"] = port.ToString(CultureInfo.InvariantCulture) },
        _ => throw new InvalidOperationException(),
    };

    private static QmpCommand<QmpNothing> With(string name, JsonObject arguments) => new(name, QmpNothing.Read, json =>
    {
        foreach (var (key, value) in arguments)
        {
            json.WritePropertyName(key);
            value!.WriteTo(json);
        }
    });
}

/// <summary>What <c>query-block-exports</c> returns: the exports' ids.</summary>
internal sealed record QmpExports(IReadOnlyList<string> Ids)
{
    public static QmpExports? Read(JsonElement value) => value.ValueKind == JsonValueKind.Array
        ? new([.. value.EnumerateArray().Select(one => one.TryText("id", out var id) ? id : null).OfType<string>()])
        : null;
}
