using VmSupervisor.Qemu;

namespace VmSupervisor.TestKit;

/// <summary>What the QEMUs of simulated nodes export to each other. It outlives supervisors, as they do.</summary>
internal sealed class SimulatedExports
{
    private readonly Dictionary<MigrationAddress, (SimulatedProcess Process, string Session)> _open = [];
    private int _addresses;

    /// <summary>Whether a process exports its disks. One that runs its guest must not.</summary>
    public bool IsExporting(SimulatedProcess process) => _open.Values.Any(one => one.Process == process);

    /// <summary>Where a process exports its disks for a session: where it does already, or an address that nobody had before.</summary>
    public MigrationAddress Open(SimulatedProcess process, string session)
    {
        foreach (var (at, one) in _open)
        {
            if (one == (process, session))
                return at;
        }

        Close(process);
        var address = new MigrationAddress.Tcp("exports", ++_addresses);
        _open[address] = (process, session);
        return address;
    }

    public void Close(SimulatedProcess process)
    {
        foreach (var at in _open.Where(one => one.Value.Process == process).Select(one => one.Key).ToArray())
            _open.Remove(at);
    }

    /// <summary>Who exports there for a session, and lives; null for nobody.</summary>
    public SimulatedProcess? Find(MigrationAddress at, string session) =>
        _open.TryGetValue(at, out var one) && one.Session == session && one.Process is { Alive: true, Dying: null } ? one.Process : null;
}
