using System.Collections.Concurrent;
using VmSupervisor.Domain;
using VmSupervisor.Qemu.CommandLine;
using VmSupervisor.Qemu.Monitor;

namespace VmSupervisor.Qemu.Launch;

/// <summary>The incarnations for which something is open here; made when first asked about.</summary>
internal sealed class IncarnationHandles(HypervisorOptions options, TimeProvider time) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<ProcessKey, IncarnationHandle> all = new();

    public IncarnationHandle Of(ProcessKey key) => all.GetOrAdd(key, k => new IncarnationHandle(
        k, new MonitorSession(new RunFiles(k.RunDirectory).Monitor, options.CommandDeadline, options.Limits, time)));

    /// <summary>Closes what is open for an incarnation.</summary>
    public async Task ForgetAsync(ProcessKey key)
    {
        if (all.TryRemove(key, out var life))
            await life.DisposeAsync();
    }

    /// <summary>Closes what is open for the incarnations before one: only the newest can live.</summary>
    public async Task ForgetBeforeAsync(ProcessKey key)
    {
        foreach (var former in all.Keys.Where(k => k.Vm == key.Vm && k.Incarnation.CompareTo(key.Incarnation) < 0))
            await ForgetAsync(former);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var key in all.Keys)
            await ForgetAsync(key);
    }
}
