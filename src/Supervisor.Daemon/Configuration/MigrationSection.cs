using System.Globalization;
using System.Net;
using VmSupervisor.Hocon;
using VmSupervisor.Hosting;

namespace VmSupervisor.Daemon.Configuration;

/// <summary>Guests that come from other nodes or go there: <c>vmsup.migration</c>.</summary>
internal static class MigrationSection
{
    private const string AllowedPorts = "FIRST-LAST, such as 49152-49215, of 1 to 65535";

    /// <param name="vmsup">The settings.</param>
    /// <param name="listen">Where peers connect; its address is that of guests unless told.</param>
    public static MigrationOptions Read(HoconReader vmsup, IPEndPoint? listen)
    {
        var migration = Checked.Section(vmsup, "migration", "address", "ports", "grace", "lease", "deadline");
        var ports = Ports(migration);
        var address = Address(migration, listen);
        var deadline = NotNegative(migration, "deadline");
        return new(
            address is null ? null : new MigrationListenOptions(address, ports.First, ports.Last),
            NotNegative(migration, "grace"), Checked.Duration(migration, "lease"), deadline == TimeSpan.Zero ? null : deadline);
    }

    private static string? Address(HoconReader migration, IPEndPoint? listen)
    {
        var text = migration.String("address") ?? "";
        if (text.Length == 0)
            return null;

        // Any address can be bound, but no peer could be told where to connect.
        if (text == "auto")
            return listen is null || listen.Address.Equals(IPAddress.Any) || listen.Address.Equals(IPAddress.IPv6Any) ? null : listen.Address.ToString();
        if (!IPAddress.TryParse(text, out var address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            migration.Fault("address", $"found \"{text}\"; allowed is an address of this host that the other nodes reach, or auto, or \"\" for none");
        return text;
    }

    private static (int First, int Last) Ports(HoconReader migration)
    {
        var text = migration.String("ports") ?? "";
        var dash = text.IndexOf('-');
        if (dash > 0
            && ushort.TryParse(text.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            && ushort.TryParse(text.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            && first > 0 && first <= last)
            return (first, last);
        migration.Fault("ports", $"found \"{text}\"; allowed is {AllowedPorts}");
        return (1, 1);
    }

    private static TimeSpan NotNegative(HoconReader migration, string key)
    {
        var duration = migration.Duration(key) ?? TimeSpan.Zero;
        if (duration < TimeSpan.Zero || duration > TimeSpan.FromDays(49))
            migration.Fault(key, $"found {duration.TotalSeconds} s; allowed is 0 to 49 days");
        return duration;
    }
}
