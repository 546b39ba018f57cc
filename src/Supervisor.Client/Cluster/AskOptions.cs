using VmSupervisor.Contracts;

namespace VmSupervisor.Client.Cluster;

/// <summary>How a command is given.</summary>
public sealed record AskOptions
{
    /// <summary>
    /// A name for this wish, so that asking again does nothing twice, also from another process; a new one unless told.
    /// </summary>
    public OperationId? Operation { get; init; }

    /// <summary>For how long an answer is of use; it travels to the node. See the methods for what holds unless told.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>The node to ask, whatever is known of the VM; for a <c>define</c> of a new VM where it is to live.</summary>
    public string? Node { get; init; }
}
