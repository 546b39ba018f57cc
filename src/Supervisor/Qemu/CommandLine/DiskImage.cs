using System.Text.Json.Nodes;
using VmSupervisor.Contracts.Definitions;
using static VmSupervisor.Qemu.CommandLine.DeviceArguments;

namespace VmSupervisor.Qemu.CommandLine;

/// <summary>How QEMU opens an image.</summary>
internal static class DiskImage
{
    public static JsonObject Of(DiskDefinition disk, int place)
    {
        var image = Node(disk, disk.Format switch
        {
            DiskFormat.Qcow2 => "qcow2",
            DiskFormat.Raw => "raw",
            _ => throw new ArgumentOutOfRangeException(nameof(disk), disk.Format, "no such format"),
        });
        image.Insert(0, "node-name", Text($"disk{place}"));

        // QEMU opens a block device by another driver than a file, and refuses to mix them up.
        var file = Node(disk, disk.Path.StartsWith("/dev/", StringComparison.Ordinal) ? "host_device" : "file");
        file.Insert(1, "filename", disk.Path);
        image["file"] = file;
        return image;
    }

    /// <summary>A node of the chain; each has the whole chain's cache and discard, since QEMU passes neither down by itself.</summary>
    private static JsonObject Node(DiskDefinition disk, string driver)
    {
        var node = new JsonObject { ["driver"] = driver, ["read-only"] = disk.Readonly };
        if (disk.Discard == DiskDiscard.Unmap)
            node["discard"] = "unmap";
        if (CacheOf(disk.Cache) is { } cache)
            node["cache"] = cache;
        return node;
    }

    private static JsonObject? CacheOf(DiskCache cache) => cache switch
    {
        DiskCache.Writeback or DiskCache.Writethrough => null,
        DiskCache.None or DiskCache.Directsync => new() { ["direct"] = true, ["no-flush"] = false },
        DiskCache.Unsafe => new() { ["direct"] = false, ["no-flush"] = true },
        _ => throw new ArgumentOutOfRangeException(nameof(cache), cache, "no such cache"),
    };
}
