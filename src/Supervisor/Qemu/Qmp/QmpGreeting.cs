using System.Text.Json;

namespace VmSupervisor.Qemu.Qmp;

/// <summary>What QEMU says first.</summary>
/// <param name="Version">Which QEMU it is; null when it does not say.</param>
/// <param name="Message">All of it.</param>
internal sealed record QmpGreeting(QemuVersion? Version, JsonElement Message)
{
    public static QmpGreeting None { get; } = new(null, default);

    /// <summary>Whether it can do commands before those that wait.</summary>
    public bool OffersOutOfBand => Message.TryField("capabilities", out var all) && all.ValueKind == JsonValueKind.Array
        && all.EnumerateArray().Any(one => one.ValueKind == JsonValueKind.String && one.ValueEquals("oob"u8));

    public static QmpGreeting Read(JsonElement qmp) =>
        new(qmp.TryField("version", out var version) ? QemuVersion.Read(version) : null, qmp);
}

/// <summary>What became of opening a connection.</summary>
internal abstract record QmpOpened
{
    /// <summary>It takes commands.</summary>
    public sealed record Ready(QmpConnection Connection) : QmpOpened;

    /// <summary>There is no connection.</summary>
    public sealed record Failed(QmpFault Fault) : QmpOpened;
}
