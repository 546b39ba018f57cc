using VmSupervisor.Qemu.Launch;
using VmSupervisor.Qemu.Monitor;

namespace VmSupervisor.Qemu.Migrations;

/// <summary>One call about one end of a migration: its monitor, and what it says by itself.</summary>
internal sealed class MigrationSession(IncarnationHandle life, HypervisorOptions options, TimeProvider time) : IDisposable
{
    /// <summary>How long a change is waited for before QEMU is asked again; an event comes first.</summary>
    public static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(500);

    /// <summary>How often in a row QEMU may leave a question unanswered: at the switch-over it flushes its disks, and its monitor waits with that.</summary>
    private const int Silences = 6;

    private readonly EventBell bell = new(life.Monitor, time, "MIGRATION");
    private int silent;

    public IncarnationHandle Life => life;

    public MonitorCalls Monitor { get; } = new(life.Monitor, options.CommandDeadline);

    public TimeSpan Deadline => options.CommandDeadline;

    public TimeProvider Time => time;

    /// <summary>Where it is.</summary>
    /// <exception cref="MonitorTrouble">The monitor is closed.</exception>
    public Task<QmpLiveMigration> QueryAsync(CancellationToken cancellationToken) => Monitor.AskAsync(LiveCommands.Query, cancellationToken);

    /// <summary>Where it is, from a QEMU that may be too busy to answer at once.</summary>
    /// <exception cref="MonitorTrouble">The monitor is closed, or was silent for long.</exception>
    public async Task<QmpLiveMigration> QueryPatientlyAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var migration = await QueryAsync(cancellationToken);
                silent = 0;
                return migration;
            }
            catch (MonitorTrouble trouble) when (trouble.MayPass && ++silent < Silences)
            {
                // Asked again at once: it has had its deadline.
            }
        }
    }

    /// <summary>Returns when QEMU has said something, or after a turn.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => bell.WaitAsync(Turn, cancellationToken);

    public void Dispose() => bell.Dispose();
}
