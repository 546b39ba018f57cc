using VmSupervisor.Qemu;

namespace VmSupervisor.TestKit;

/// <summary>What connects the QEMUs of simulated nodes. It outlives supervisors, as they do.</summary>
internal sealed class SimulatedWire
{
    private readonly Dictionary<SimulatedProcess, SimulatedEnd> _ends = [];
    private readonly Dictionary<MigrationAddress, SimulatedEnd> _listeners = [];
    private int _addresses;

    /// <summary>The process's end of a migration; made when first asked about.</summary>
    public SimulatedEnd Of(SimulatedProcess process) =>
        _ends.TryGetValue(process, out var end) ? end : _ends[process] = new SimulatedEnd(process);

    /// <summary>An address that nobody had before, at which an end listens.</summary>
    public MigrationAddress Listen(SimulatedEnd end)
    {
        var at = end.At = new MigrationAddress.Tcp("wire", ++_addresses);
        _listeners[at] = end;
        return at;
    }

    /// <summary>Who listens there and lives; null for nobody.</summary>
    public SimulatedEnd? Find(MigrationAddress at) =>
        _listeners.TryGetValue(at, out var end) && end.At == at && end.Lives ? end : null;
}

/// <summary>One end of a migration, in QEMU's words.</summary>
internal sealed class SimulatedEnd(SimulatedProcess process)
{
    public SimulatedProcess Process => process;

    public string Status { get; set; } = "none";

    public string Error { get; set; } = "QEMU does not say why";

    /// <summary>Where it listens, or did.</summary>
    public MigrationAddress? At { get; set; }

    public SimulatedEnd? Peer { get; set; }

    /// <summary>Whether the guest ran when the source was stopped.</summary>
    public bool Ran { get; set; }

    /// <summary>Whether the guest is to change over before its memory.</summary>
    public bool Postcopy { get; set; }

    /// <summary>Which attempt it is: a step of a former one does nothing.</summary>
    public int Attempt { get; set; }

    public bool Lives => process is { Alive: true, Dying: null };

    public bool IsOver => Status is "none" or "completed" or "failed" or "cancelled";

    public bool IsPostcopy => Status.StartsWith("postcopy-", StringComparison.Ordinal);
}
