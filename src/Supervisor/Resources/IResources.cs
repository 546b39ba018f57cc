using VmSupervisor.Contracts;
using VmSupervisor.Domain;

namespace VmSupervisor.Resources;

/// <summary>
/// Acquires and releases the steps of a plan. Both are idempotent: acquiring what is there and releasing what is gone
/// succeed.
/// </summary>
internal interface IResources
{
    /// <summary>Acquires one step; one that is to be taken over is left as it is when it is there.</summary>
    /// <exception cref="ResourceException">It cannot be had; something of it may be left, for release to find.</exception>
    Task<Grant> AcquireAsync(ProcessKey key, Step step, CancellationToken cancellationToken);

    /// <summary>Gives one step back.</summary>
    /// <exception cref="ResourceException">It is still there.</exception>
    Task ReleaseAsync(ProcessKey key, Step step, CancellationToken cancellationToken);

    /// <summary>
    /// Why a step could not be acquired on this node, in one line for a person, as far as that shows without trying; null when nothing
    /// speaks against it.
    /// </summary>
    string? WhyNot(Step step);

    /// <summary>What a life was given less of than it asked for, in one line for a person; null when it has all.</summary>
    string? Remark(ProcessKey key);

    /// <summary>
    /// Why the kernel killed processes of a life that is not released yet, in one line for a person; null when it did not, or when
    /// that is not known.
    /// </summary>
    string? WhyKilled(ProcessKey key);
}

/// <summary>What QEMU is given of a step.</summary>
internal abstract record Grant
{
    public sealed record Nothing : Grant;

    /// <param name="Path">The image or device to open.</param>
    public sealed record Volume(string Path) : Grant;

    public sealed record Network(NetworkBackEnd BackEnd) : Grant;

    /// <param name="Entries">Files: a process that writes 0 to each of them is in the group from then on.</param>
    /// <param name="Remark">Which limits have no effect, and why; null when all have.</param>
    public sealed record Cgroup(ValueList<string> Entries, string? Remark) : Grant;
}
