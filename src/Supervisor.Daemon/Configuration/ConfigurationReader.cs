using System.Text;
using VmSupervisor.Contracts;
using VmSupervisor.Hocon;

namespace VmSupervisor.Daemon.Configuration;

/// <summary>From HOCON to options; names everything that is wrong at once.</summary>
/// <param name="isRoot">Whether the daemon is root's: it decides the default directories.</param>
/// <param name="environment">Finds an environment variable.</param>
/// <param name="hostName">The host's name.</param>
internal sealed class ConfigurationReader(bool isRoot, Func<string, string?> environment, string hostName)
{
    public const string NodeNames = "1 to 63 letters, digits and . _ -, beginning with a letter or digit";

    // The kernel's limit for a socket's path is 107; QEMU's sockets are below vms/ID/INCARNATION.
    private const int LongestRunDirectory = 70;

    /// <summary>Reads the merged configuration.</summary>
    /// <exception cref="HoconException">It has faults; the exception carries all of them in the order of the text.</exception>
    public DaemonOptions Read(HoconObject root)
    {
        var faults = new List<HoconFault>();
        var options = Read(new HoconReader(root, faults));
        return faults.Count == 0 ? options! : throw new HoconException(InOrder(faults));
    }

    private DaemonOptions? Read(HoconReader root)
    {
        root.RefuseUnknown("vmsup", "nodes");
        if (root.Object("vmsup") is not { } vmsup)
            return null;

        vmsup.RefuseUnknown("node", "state-dir", "run-dir", "socket", "access", "log", "qemu", "cgroup", "hooks", "stop", "restart", "boot-id", "journal", "actors", "http", "cluster", "nodes", "listen", "tls", "peers", "migration");
        var defaults = NodeDirectories.Default(isRoot, environment);
        var state = Path.TrimEndingDirectorySeparator(Checked.AbsolutePath(vmsup, "state-dir", "auto") ?? defaults.State);
        var run = Path.TrimEndingDirectorySeparator(Checked.AbsolutePath(vmsup, "run-dir", "auto") ?? defaults.Run);
        if (Encoding.UTF8.GetByteCount(run) is var bytes and > LongestRunDirectory)
            vmsup.Fault("run-dir", $"found a path of {bytes} bytes, {run}; allowed are at most {LongestRunDirectory}, for the sockets in it");
        var node = Node(vmsup);
        var peers = PeerSection.Read(root, vmsup, node);
        return new DaemonOptions(
            node,
            state,
            run,
            SocketSection.Read(vmsup, run),
            AccessSection.Read(vmsup),
            LogSection.Read(vmsup),
            LifeSections.ReadQemu(vmsup),
            LifeSections.ReadCgroup(vmsup),
            LifeSections.ReadHooks(vmsup),
            LifeSections.ReadStop(vmsup),
            LifeSections.ReadRestart(vmsup),
            BootId(vmsup),
            JournalSection.Read(vmsup, state),
            ServiceSections.ReadActors(vmsup),
            ServiceSections.ReadHttp(vmsup, peers.Certificates is not null),
            peers,
            MigrationSection.Read(vmsup, peers.Listen, peers.Certificates is not null));
    }

    private static string? BootId(HoconReader vmsup)
    {
        var boot = vmsup.String("boot-id");
        if (boot is not null && !(boot.Length is >= 1 and <= 64 && boot.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')))
            vmsup.Fault("boot-id", $"found \"{boot}\"; allowed are 1 to 64 letters, digits and -, or auto");
        return boot is null or "auto" ? null : boot;
    }

    private string Node(HoconReader vmsup)
    {
        if (vmsup.String("node") is not { } node)
            return "";
        if (node == "auto")
            node = hostName;
        if (!IsNodeName(node))
            vmsup.Fault("node", $"found \"{node}\"; allowed is {NodeNames}; or auto");
        return node;
    }

    // It becomes part of hooks' environment and log lines, and a name of peers.
    public static bool IsNodeName(string text) =>
        text.Length is >= 1 and <= 63
        && char.IsAsciiLetterOrDigit(text[0])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    // As a person goes through the texts: file by file, from top to bottom.
    private static List<HoconFault> InOrder(List<HoconFault> faults)
    {
        var files = faults.Select(fault => fault.Origin.File).Distinct().ToList();
        var ordered = faults.OrderBy(fault => files.IndexOf(fault.Origin.File))
            .ThenBy(fault => fault.Origin.Line)
            .ThenBy(fault => fault.Origin.Column);
        return [.. ordered];
    }
}
