using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Qemu;

namespace VmSupervisor.Simulation.Tests;

/// <summary>Takes the end of the monitor for the end of the process, as Proxmox's event daemon does.</summary>
internal sealed class ExitAtEndOfMonitor(IHypervisor inner) : IHypervisor
{
    public async Task<ProcessExit> WaitForExitAsync(ProcessKey key, ProcessIdentity identity, CancellationToken cancellationToken)
    {
        await inner.FollowGuestAsync(key, _ => { }, cancellationToken);
        return ProcessExit.Unknowable;
    }

    public Task<string?> ResolveMachineAsync(string machine, CancellationToken cancellationToken) => inner.ResolveMachineAsync(machine, cancellationToken);

    public Task<PlannedLaunch> PlanAsync(LaunchRequest request, CancellationToken cancellationToken) => inner.PlanAsync(request, cancellationToken);

    public Task ForgetAsync(VmId vm, CancellationToken cancellationToken) => inner.ForgetAsync(vm, cancellationToken);

    public Task<LaunchResult> LaunchAsync(LaunchRequest request, CancellationToken cancellationToken) => inner.LaunchAsync(request, cancellationToken);

    public Task<ProcessExit> ExtinguishAsync(ProcessKey key, ProcessIdentity? identity, Action<string> stuck, CancellationToken cancellationToken) =>
        inner.ExtinguishAsync(key, identity, stuck, cancellationToken);

    public Task<ProbeResult> ProbeAsync(ProcessKey key, ProcessIdentity? identity, CancellationToken cancellationToken) =>
        inner.ProbeAsync(key, identity, cancellationToken);

    public Task<string> FollowGuestAsync(ProcessKey key, Action<GuestNews> news, CancellationToken cancellationToken) =>
        inner.FollowGuestAsync(key, news, cancellationToken);

    public Task<MonitorResult> ContinueAsync(ProcessKey key, CancellationToken cancellationToken) => inner.ContinueAsync(key, cancellationToken);

    public Task<MonitorResult> PauseAsync(ProcessKey key, CancellationToken cancellationToken) => inner.PauseAsync(key, cancellationToken);

    public Task<MonitorResult> ResetAsync(ProcessKey key, CancellationToken cancellationToken) => inner.ResetAsync(key, cancellationToken);

    public Task<MonitorResult> PowerDownAsync(ProcessKey key, CancellationToken cancellationToken) => inner.PowerDownAsync(key, cancellationToken);

    public Task<MonitorResult> QuitAsync(ProcessKey key, CancellationToken cancellationToken) => inner.QuitAsync(key, cancellationToken);

    public Task<LookResult> LookAsync(ProcessKey key, ProcessIdentity identity, CancellationToken cancellationToken) => inner.LookAsync(key, identity, cancellationToken);

    public Task SignalAsync(ProcessKey key, ProcessIdentity identity, StopSignal signal, CancellationToken cancellationToken) =>
        inner.SignalAsync(key, identity, signal, cancellationToken);
}
