using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;

namespace VmSupervisor.Resources;

/// <summary>
/// Acquires and releases the steps of a plan. Both are idempotent: acquiring what is there and releasing what is gone
/// succeed.
/// </summary>
internal interface IResources
{
    /// <summary>Acquires one step; one that is to be taken over is checked and left as it is.</summary>
    /// <exception cref="ResourceException">It cannot be had; something of it may be left, for release to find.</exception>
    Task AcquireAsync(ProcessKey key, VmDefinition definition, Step step, CancellationToken cancellationToken);

    /// <summary>Gives one step back.</summary>
    /// <exception cref="ResourceException">It is still there.</exception>
    Task ReleaseAsync(ProcessKey key, VmDefinition definition, Step step, CancellationToken cancellationToken);
}

/// <summary>A step could not be acquired or released; the message says what was found and what to do.</summary>
internal sealed class ResourceException(string message, Exception? inner = null) : Exception(message, inner);
