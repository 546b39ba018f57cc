using System.Globalization;
using VmSupervisor.Domain;
using VmSupervisor.Qemu;

namespace VmSupervisor.Vms.Effects;

/// <summary>What both sides of a migration make of what is journaled of it.</summary>
internal static class Reception
{
    /// <summary>The address of a target that is reached through the nodes' own connection.</summary>
    public const string Tunnel = "tunnel";

    private const string Direct = "tcp:";

    /// <summary>Where a target listens, as it is journaled and told to the source.</summary>
    public static string TextOf(MigrationAddress address) => address is MigrationAddress.Tcp tcp
        ? string.Create(CultureInfo.InvariantCulture, $"{Direct}{MigrationAddress.Bracketed(tcp.Host)}:{tcp.Port}")
        : Tunnel;

    /// <summary>What <see cref="TextOf"/> has made of a direct address.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static MigrationAddress.Tcp Parse(string text)
    {
        var port = text.LastIndexOf(':');
        return text.StartsWith(Direct, StringComparison.Ordinal) && port > Direct.Length
            && int.TryParse(text.AsSpan(port + 1), CultureInfo.InvariantCulture, out var number)
                ? new(text[Direct.Length..port].Trim('[', ']'), number)
                : throw new FormatException($"'{text}' is no address to send a guest to");
    }

    public static MigrationOptions OptionsOf(MigrationPlan plan) => new()
    {
        AutoConverge = plan.AutoConverge,
        Channels = plan.Channels == 0 ? null : plan.Channels,
    };
}
