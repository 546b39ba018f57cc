using System.Text;

namespace VmSupervisor.Qemu.CommandLine;

/// <summary>What lies in an incarnation's run directory.</summary>
/// <param name="Directory">The run directory, absolute.</param>
internal sealed record RunFiles(string Directory)
{
    /// <summary>Unix socket paths end here: <c>sun_path</c> has 108 bytes, the last one is NUL.</summary>
    public const int LongestSocketPath = 107;

    /// <summary>Held, by <c>flock</c>, by whatever of this incarnation lives.</summary>
    public string Lock => In("lock");

    /// <summary>The monitor that this supervisor uses; it serves one client.</summary>
    public string Monitor => In("qmp.sock");

    /// <summary>A second monitor, for people.</summary>
    public string PeoplesMonitor => In("monitor.sock");

    /// <summary>The channel to the agent in the guest; only where the definition asks for one.</summary>
    public string Agent => In("agent.sock");

    /// <summary>Where a guest comes from the nodes' own connection, or goes into it; as long as the longest of the others.</summary>
    public string Migration => In("migrate.sock");

    /// <summary>Where it exports its disks to a source whose connection the nodes carry.</summary>
    public string Mirrors => In("mirrors.sock");

    /// <summary>What the guest sees as its machine, as it was launched; goes into a saved state.</summary>
    public string Machine => In("machine");

    /// <summary>QEMU's own note of its pid.</summary>
    public string PidFile => In("pid");

    /// <summary>All that QEMU wrote itself.</summary>
    public string Log => In("qemu.log");

    /// <summary>What the guest wrote to its serial port. Opened for appending: it may be truncated at any time.</summary>
    public string SerialLog => In("serial.log");

    /// <summary>What it wrote before, when <see cref="SerialLog"/> was begun anew.</summary>
    public string FormerSerialLog => In("serial.log.1");

    /// <summary>A FIFO: what is written to it arrives at the guest's serial port.</summary>
    public string SerialInput => In("serial.in");

    /// <summary>Leads to <c>/dev/null</c>: the other half that QEMU's pipe wants; the guest's output goes to the log.</summary>
    public string SerialOutput => In("serial.out");

    /// <summary>What QEMU calls the pair of <see cref="SerialInput"/> and <see cref="SerialOutput"/>.</summary>
    public string Serial => In("serial");

    /// <summary>Why sockets cannot be made here; null when they can.</summary>
    public string? SocketProblem => Encoding.UTF8.GetByteCount(PeoplesMonitor) is > LongestSocketPath and var length
        ? $"the run directory's path is too long for sockets: {PeoplesMonitor} has {length} bytes, allowed are {LongestSocketPath} (--run-dir)"
        : null;

    private string In(string name) => Path.Combine(Directory, name);
}
