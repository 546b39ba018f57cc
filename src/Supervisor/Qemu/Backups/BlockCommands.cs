using System.Text.Json;
using System.Text.Json.Nodes;
using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Qemu.Backups;

/// <summary>The monitor's commands about disks and the jobs on them.</summary>
internal static class BlockCommands
{
    /// <summary>All jobs, also those that have ended and were not dismissed.</summary>
    public static QmpCommand<QmpJobs> QueryJobs { get; } = new("query-jobs", QmpJobs.Read);

    /// <summary>All nodes with their sizes, without the tree of their images.</summary>
    public static QmpCommand<QmpNodes> QueryNodes { get; } = new("query-named-block-nodes", QmpNodes.Read, json => json.WriteBoolean("flat", true));

    /// <summary>Ends a job; it is over when it is concluded.</summary>
    public static QmpCommand<QmpNothing> Cancel(string job) => new("job-cancel", QmpNothing.Read, json => json.WriteString("id", job));

    /// <summary>Lets QEMU forget a job that has ended.</summary>
    public static QmpCommand<QmpNothing> Dismiss(string job) => new("job-dismiss", QmpNothing.Read, json => json.WriteString("id", job));

    /// <summary>Limits a job to so many bytes per second.</summary>
    public static QmpCommand<QmpNothing> SetSpeed(string job, long speed) => new("block-job-set-speed", QmpNothing.Read, json =>
    {
        json.WriteString("device", job);
        json.WriteNumber("speed", speed);
    });

    /// <summary>Opens an image.</summary>
    public static QmpCommand<QmpNothing> Open(string node, string driver, string path) => With("blockdev-add", driver == "file"
        ? new() { ["node-name"] = node, ["driver"] = driver, ["filename"] = path }
        : new() { ["node-name"] = node, ["driver"] = driver, ["file"] = new JsonObject { ["driver"] = "file", ["filename"] = path } });

    /// <summary>Closes an image.</summary>
    public static QmpCommand<QmpNothing> Close(string node) => new("blockdev-del", QmpNothing.Read, json => json.WriteString("node-name", node));

    /// <summary>Formats an open file as qcow2, as a job.</summary>
    public static QmpCommand<QmpNothing> FormatQcow2(string job, string node, long size) => With("blockdev-create", new()
    {
        ["job-id"] = job,
        ["options"] = new JsonObject { ["driver"] = "qcow2", ["file"] = node, ["size"] = size },
    });

    /// <summary>Begins copies of one moment: all of them or none, and the first that fails ends the others.</summary>
    public static QmpCommand<QmpNothing> BackUp(IEnumerable<(string Job, string Disk, string Target)> copies, long? speed) => With("transaction", new()
    {
        ["actions"] = new JsonArray([.. copies.Select(copy => new JsonObject { ["type"] = "blockdev-backup", ["data"] = Copy(copy, speed) })]),
        ["properties"] = new JsonObject { ["completion-mode"] = "grouped" },
    });

    private static JsonObject Copy((string Job, string Disk, string Target) copy, long? speed) => new()
    {
        ["job-id"] = copy.Job,
        ["device"] = copy.Disk,
        ["target"] = copy.Target,
        ["sync"] = "full",
        ["speed"] = speed ?? 0,

        // An error of the copy is the copy's: with any other action it would stop the guest or wait for a person.
        ["on-source-error"] = "report",
        ["on-target-error"] = "report",

        // Its end stays to be found by whoever comes after us.
        ["auto-dismiss"] = false,
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

/// <summary>What <c>query-jobs</c> returns.</summary>
internal sealed record QmpJobs(IReadOnlyList<QmpJob> All)
{
    public static QmpJobs? Read(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? new([.. value.EnumerateArray().Select(QmpJob.Read).OfType<QmpJob>()]) : null;
}

/// <summary>A job.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Status">Where it is, also a status that this version does not know.</param>
/// <param name="Done">How far it is, in bytes for a copy.</param>
/// <param name="Total">How far it has to go.</param>
/// <param name="Error">Why it failed; null when it did not.</param>
internal sealed record QmpJob(string Id, string Status, long Done, long Total, string? Error)
{
    /// <summary>Whether it has ended and waits to be dismissed.</summary>
    public bool IsConcluded => Status == "concluded";

    /// <summary>Whether it still copies, so that a limit of its speed means something.</summary>
    public bool IsUnderWay => Status is "created" or "running" or "paused";

    public static QmpJob? Read(JsonElement value)
    {
        if (!value.TryText("id", out var id) || !value.TryText("status", out var status))
            return null;
        value.TryNumber("current-progress", out var done);
        value.TryNumber("total-progress", out var total);
        return new(id, status, done, total, value.TryText("error", out var error) ? error : null);
    }
}

/// <summary>What <c>query-named-block-nodes</c> returns, by the nodes' names.</summary>
internal sealed record QmpNodes(IReadOnlyDictionary<string, QmpNode> All)
{
    public static QmpNodes? Read(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
            return null;
        var all = new Dictionary<string, QmpNode>();
        foreach (var node in value.EnumerateArray())
        {
            if (!node.TryText("node-name", out var name) || !node.TryField("image", out var image) || !image.TryNumber("virtual-size", out var size))
                continue;
            node.TryFlag("ro", out var isReadonly);
            all[name] = new(size, isReadonly);
        }

        return new(all);
    }
}

/// <summary>An open image.</summary>
/// <param name="Size">The size of the disk that is in it, in bytes.</param>
/// <param name="IsReadonly">Whether it cannot be written to.</param>
internal sealed record QmpNode(long Size, bool IsReadonly);
