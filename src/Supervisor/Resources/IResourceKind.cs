using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Resources;

/// <summary>
/// One kind of thing that a VM needs on its host while it lives. A node knows those it was built with and every
/// <see cref="IVolumeKind"/> and <see cref="INetworkKind"/> among the services of its host.
/// </summary>
/// <remarks>
/// All four are called for one request at a time, never under a living QEMU to release, and again after a supervisor
/// that was killed in the middle: with an equal request, so what is there must be found by it. Acquiring what is there
/// and releasing what is gone succeed. What fails throws a <see cref="ResourceException"/>; a start then releases all
/// that it acquired, and a release is tried again until it succeeds, the reason being shown in the VM's view. Every
/// call ends soon after its token is cancelled; it is after a minute.
/// </remarks>
/// <typeparam name="TRequest">What is asked for.</typeparam>
/// <typeparam name="TGrant">What QEMU is given of it.</typeparam>
public interface IResourceKind<in TRequest, TGrant>
    where TGrant : class
{
    /// <summary>The kind, as a definition's <c>type</c> names it; that of an embedder begins with <c>x-</c>.</summary>
    string Type { get; }

    /// <summary>Makes it usable.</summary>
    /// <exception cref="ResourceException">It cannot be had; something of it may be left, for release to find.</exception>
    Task<TGrant> AcquireAsync(TRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Gives it back. It is not called for what acquire was never called for, or failed with
    /// <see cref="ResourceException.NothingDone"/>.
    /// </summary>
    /// <exception cref="ResourceException">It is still there.</exception>
    Task ReleaseAsync(TRequest request, CancellationToken cancellationToken);

    /// <summary>Whether it is there, changing nothing; null when it is not.</summary>
    /// <exception cref="ResourceException">It could not be told.</exception>
    Task<TGrant?> LookAsync(TRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Uses what an earlier life left on purpose; what is not there after all (the host was rebooted, say) is acquired.
    /// </summary>
    /// <exception cref="ResourceException">It cannot be had.</exception>
    async Task<TGrant> TakeOverAsync(TRequest request, CancellationToken cancellationToken) =>
        await LookAsync(request, cancellationToken) ?? await AcquireAsync(request, cancellationToken);
}

/// <summary>A kind of volume; it grants the path of the image or device that QEMU opens.</summary>
public interface IVolumeKind : IResourceKind<VolumeRequest, string>;

/// <summary>A kind of network; it grants QEMU's back end of an interface.</summary>
public interface INetworkKind : IResourceKind<NetworkRequest, NetworkBackEnd>;

/// <summary>Whose it is. Volumes outlive incarnations, so there is none in it.</summary>
/// <param name="Node">The node's name: several nodes may share a host.</param>
/// <param name="Vm">The VM.</param>
public sealed record ResourceOwner(string Node, VmId Vm);

/// <summary>A volume that a VM needs.</summary>
/// <param name="Owner">Whose.</param>
/// <param name="Volume">The definition's <c>path</c> or <c>volume</c>.</param>
/// <param name="Readonly">Whether the guest may only read it.</param>
/// <param name="Script">The definition's <c>script</c>; null for kinds without.</param>
public sealed record VolumeRequest(ResourceOwner Owner, string Volume, bool Readonly, string? Script);

/// <summary>A connection that an interface of a VM needs.</summary>
/// <param name="Owner">Whose.</param>
/// <param name="Place">Which of its interfaces, from 0.</param>
/// <param name="Nic">The interface as it was defined.</param>
public sealed record NetworkRequest(ResourceOwner Owner, int Place, NicDefinition Nic);
