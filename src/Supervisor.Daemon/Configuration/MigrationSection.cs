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
    /// <param name="hasCertificates">Whether the node can prove who it is.</param>
    public static MigrationOptions Read(HoconReader vmsup, IPEndPoint? listen, bool hasCertificates)
    {
        var migration = Checked.Section(vmsup, "migration", "address", "ports", "encrypt", "grace", "lease", "deadline");
        var ports = Ports(migration);
        var address = Address(migration, listen);
        var deadline = NotNegative(migration, "deadline");
        var encrypts = Encrypts(migration, vmsup, hasCertificates);
        return new(
            address is null ? null : new MigrationListenOptions(address, ports.First, ports.Last),
            NotNegative(migration, "grace"), Checked.Duration(migration, "lease"), deadline == TimeSpan.Zero ? null : deadline, encrypts);
    }

    private static MigrationTlsOptions? Encrypts(HoconReader migration, HoconReader vmsup, bool hasCertificates)
    {
        var text = migration.String("encrypt") ?? "";
        if (text is not ("auto" or "always" or "never"))
            migration.Fault("encrypt", $"found \"{text}\"; allowed is auto, always, never");
        if (text == "always" && !hasCertificates)
            migration.Fault("encrypt", "found always, which needs vmsup.tls.ca, certificate and key (vmsup node init-ca, vmsup node issue)");
        return text != "never" && hasCertificates && vmsup.Object("tls") is { } tls
            ? new MigrationTlsOptions(tls.String("ca") ?? "", tls.String("certificate") ?? "", tls.String("key") ?? "")
            : null;
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
