using System.Globalization;
using System.Text.Json.Nodes;

namespace VmSupervisor.Qemu;

/// <summary>What the host has behind a guest's devices, by the names of the plan's steps.</summary>
/// <param name="Volumes">The images and devices to open: <c>disk0</c>, …</param>
/// <param name="Networks">The properties of <c>-netdev</c>, without id: <c>net0</c>, …</param>
internal sealed record BackEnds(IReadOnlyDictionary<string, string> Volumes, IReadOnlyDictionary<string, JsonObject> Networks)
{
    /// <summary>Nothing was acquired: disks are what the definition names.</summary>
    public static BackEnds None { get; } = new(new Dictionary<string, string>(), new Dictionary<string, JsonObject>());

    /// <summary>The image or device of the disk at a place; null when none was acquired.</summary>
    public string? Volume(int place) => Volumes.GetValueOrDefault(string.Create(CultureInfo.InvariantCulture, $"disk{place}"));

    /// <summary>The back end of the interface at a place; null when none was acquired.</summary>
    public JsonObject? Network(int place) => Networks.GetValueOrDefault(string.Create(CultureInfo.InvariantCulture, $"net{place}"));
}
