using System.Text.Json.Serialization;
using VmSupervisor.Contracts.Json;

namespace VmSupervisor.Contracts.Definitions;

/// <summary>What kind of drive the guest sees.</summary>
[JsonConverter(typeof(EnumJsonConverter<DiskMedia>))]
public enum DiskMedia
{
    /// <summary>A hard disk.</summary>
    Disk,

    /// <summary>A CD-ROM; read-only.</summary>
    Cdrom,
}

/// <summary>What is between the guest's writes and the image, by the names that QEMU has for it.</summary>
[JsonConverter(typeof(EnumJsonConverter<DiskCache>))]
public enum DiskCache
{
    /// <summary>The host's page cache; what the guest flushes is durable.</summary>
    Writeback,

    /// <summary>No page cache (<c>O_DIRECT</c>); what the guest flushes is durable.</summary>
    None,

    /// <summary>The page cache for reading; every write is durable before the guest hears of it.</summary>
    Writethrough,

    /// <summary>No page cache; every write is durable before the guest hears of it.</summary>
    Directsync,

    /// <summary>The page cache, and flushes are ignored: a host that goes down takes the image with it.</summary>
    Unsafe,
}

/// <summary>What becomes of blocks that the guest discards (TRIM).</summary>
[JsonConverter(typeof(EnumJsonConverter<DiskDiscard>))]
public enum DiskDiscard
{
    /// <summary>They stay allocated.</summary>
    Ignore,

    /// <summary>The image gives them back.</summary>
    Unmap,
}
