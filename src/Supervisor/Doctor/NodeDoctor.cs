using VmSupervisor.Actors.Persistence;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Doctor.Checks;
using VmSupervisor.Linux;
using VmSupervisor.Qemu;

namespace VmSupervisor.Doctor;

/// <summary>Makes the checks one after the other, so that none disturbs what another measures.</summary>
internal sealed class NodeDoctor(IReadOnlyList<ICheck> checks, TimeProvider time) : INodeDoctor
{
    /// <summary>Longer than the trial of KVM, which ends itself after 5 s.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim gate = new(1);

    /// <summary>All checks of a host.</summary>
    public static IReadOnlyList<ICheck> ChecksOf(
        string stateDirectory, string runDirectory, string qemu, string? cgroupParent, Hypervisor hypervisor, LinuxHost linux, IJournal journal, IKnownVms vms, TimeProvider time) =>
    [
        new QemuCheck(qemu, runDirectory, linux.Spawner, linux.Exits),
        new KvmCheck(hypervisor),
        new BridgeCheck(vms, new HostNetwork()),
        new CgroupCheck(cgroupParent),
        new HookCheck(vms),
        new StateDirectoryCheck(stateDirectory, time),
        new JournalCheck(journal, time),
        new RecoveryCheck(vms),
        new ProcessCheck(runDirectory, qemu, linux.Processes, vms),
        new RunDirectoryCheck(runDirectory, vms),
        new BootIdCheck(linux.Processes),
    ];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DoctorCheck>> ExamineAsync(CancellationToken cancellationToken = default)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            var found = new List<DoctorCheck>();
            foreach (var check in checks)
                found.Add(await ExamineAsync(check, cancellationToken));
            return found;
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<DoctorCheck> ExamineAsync(ICheck check, CancellationToken cancellationToken)
    {
        try
        {
            var (status, found, remedy) = await LookAsync(check, cancellationToken).WaitAsync(Limit, time, cancellationToken);
            return new DoctorCheck(check.Name, status, found, remedy);
        }
        catch (TimeoutException)
        {
            return new DoctorCheck(
                check.Name, DoctorStatus.Failed, $"it did not end within {Limit.TotalSeconds} s",
                "a disk or a device that hangs? see the kernel's messages (dmesg)");
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return new DoctorCheck(check.Name, DoctorStatus.Failed, e.Message, "this should not happen: see the supervisor's log, and report it");
        }
    }

    private static async Task<Finding> LookAsync(ICheck check, CancellationToken cancellationToken)
    {
        // Off the caller's thread: a call into a disk that hangs cannot be cancelled, only be left alone.
        await Task.Yield();
        return await check.LookAsync(cancellationToken);
    }
}
