using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Doctor;

/// <summary>Examines the node: whether it can run VMs, and whether anything is on it that no VM accounts for.</summary>
/// <remarks>It looks and tells; it mends, signals and removes nothing of what it finds.</remarks>
public interface INodeDoctor
{
    /// <summary>
    /// Makes every check, always in the same order. It takes some tenths of a second, the first time up to 5 s more for
    /// the trial of KVM; a check that hangs counts as failed after 10 s. Never throws but for cancellation. Who asks
    /// while another examination is under way waits for its end.
    /// </summary>
    Task<IReadOnlyList<DoctorCheck>> ExamineAsync(CancellationToken cancellationToken = default);
}
