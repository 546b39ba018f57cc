using System.Globalization;
using VmSupervisor.Linux;

namespace VmSupervisor.Doctor.Checks;

/// <summary>What a tap on a bridge needs of the host.</summary>
/// <param name="tun">The device that makes taps.</param>
/// <param name="interfaces">The kernel's list of network interfaces.</param>
/// <param name="status">Our own process, with its capabilities.</param>
internal sealed class HostNetwork(string tun = "/dev/net/tun", string interfaces = "/sys/class/net", string status = "/proc/self/status")
{
    // CAP_NET_ADMIN, from linux/capability.h.
    private const int NetAdmin = 12;

    /// <summary>Why no taps can be made; null when nothing speaks against it.</summary>
    public string? AgainstTaps()
    {
        try
        {
            using var opened = FileDescriptor.Open(tun, LibC.OpenReadWrite);
        }
        catch (IOException e)
        {
            return e.Message;
        }

        return MayAdministrate() ? null : $"{tun} opens, but this process has no CAP_NET_ADMIN";
    }

    /// <summary>The bridges that exist.</summary>
    public IReadOnlyList<string> Bridges() => Directory.Exists(interfaces)
        ? [.. Directory.EnumerateFileSystemEntries(interfaces).Where(i => Directory.Exists(Path.Combine(i, "bridge"))).Select(i => Path.GetFileName(i)).Order()]
        : [];

    private bool MayAdministrate()
    {
        const string effective = "CapEff:";
        var line = File.ReadLines(status).FirstOrDefault(l => l.StartsWith(effective, StringComparison.Ordinal));
        return line is not null
            && ulong.TryParse(line.AsSpan(effective.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var set)
            && (set >> NetAdmin & 1) != 0;
    }
}
