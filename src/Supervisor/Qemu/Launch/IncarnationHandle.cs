using VmSupervisor.Domain;
using VmSupervisor.Qemu.CommandLine;
using VmSupervisor.Qemu.Monitor;

namespace VmSupervisor.Qemu.Launch;

/// <summary>What this supervisor has open for an incarnation.</summary>
internal sealed class IncarnationHandle(ProcessKey key, MonitorSession monitor) : IAsyncDisposable
{
    public ProcessKey Key => key;

    public RunFiles Files { get; } = new(key.RunDirectory);

    public MonitorSession Monitor => monitor;

    /// <summary>The process, when it was launched by us and not by a former supervisor.</summary>
    public LaunchedProcess? Process { get; set; }

    public async ValueTask DisposeAsync()
    {
        await monitor.DisposeAsync();
        Process?.Dispose();
    }
}
