using System.Globalization;
using VmSupervisor.Domain;
using VmSupervisor.Qemu;

namespace VmSupervisor.Vms.Effects;

/// <summary>What both sides of a migration make of what is journaled of it.</summary>
internal static class Reception
{
    /// <summary>The address of a target that is reached through the nodes' own connection.</summary>
    public const string Tunnel = "tunnel";

    /// <summary>What goes through the tunnels.</summary>
    public const string Memory = "memory", Disks = "disks";

    private const string Direct = "tcp:", Encrypted = "tls:";

    /// <summary>A session's name beside others, for things of the host that know whose they are.</summary>
    public static string NameOf(MigrationSession session) =>
        string.Create(CultureInfo.InvariantCulture, $"{session.Source}-{session.Id}-{session.To}");

    /// <summary>Both addresses of a target, as they are journaled and told to the source: of its memory, and of its disks if they come along.</summary>
    public static string TextOf(MigrationAddress memory, MigrationAddress? disks, bool encrypted) =>
        disks is null ? TextOf(memory, encrypted) : $"{TextOf(memory, encrypted)} {TextOf(disks, encrypted)}";

    /// <summary>What <see cref="TextOf(MigrationAddress, MigrationAddress?, bool)"/> has made of them.</summary>
    public static (string Memory, string? Disks) Split(string text) => text.Split(' ') is [var memory, var disks] ? (memory, disks) : (text, null);

    /// <summary>Where a target listens.</summary>
    private static string TextOf(MigrationAddress address, bool encrypted) => address is MigrationAddress.Tcp tcp
        ? string.Create(CultureInfo.InvariantCulture, $"{(encrypted ? Encrypted : Direct)}{MigrationAddress.Bracketed(tcp.Host)}:{tcp.Port}")
        : Tunnel;

    /// <summary>A direct address again.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static MigrationAddress.Tcp Parse(string text)
    {
        var port = text.LastIndexOf(':');
        return (text.StartsWith(Direct, StringComparison.Ordinal) || IsEncrypted(text)) && port > Direct.Length
            && int.TryParse(text.AsSpan(port + 1), CultureInfo.InvariantCulture, out var number)
                ? new(text[Direct.Length..port].Trim('[', ']'), number)
                : throw new FormatException($"'{text}' is no address to send a guest to");
    }

    /// <summary>Whether what goes to an address is encrypted by QEMU; what goes through the nodes' connection is by that.</summary>
    public static bool IsEncrypted(string address) => address.StartsWith(Encrypted, StringComparison.Ordinal);

    public static MigrationOptions OptionsOf(MigrationPlan plan, MigrationTls? tls) => new()
    {
        Tls = tls,
        AutoConverge = plan.AutoConverge,
        Channels = plan.Channels == 0 ? null : plan.Channels,
    };
}
