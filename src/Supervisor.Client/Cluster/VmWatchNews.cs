using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Client.Cluster;

/// <summary>How it stands with a VM that is watched.</summary>
/// <param name="Standing">What is known.</param>
/// <param name="Node">The node that it is about.</param>
/// <param name="Home">The node it was moved to; null unless it was.</param>
/// <param name="View">The VM as it is shown; null when nothing is.</param>
/// <param name="Reason">Why the node cannot be reached, a line for a person; null when it can.</param>
public sealed record VmWatchNews(VmStanding Standing, string Node, string? Home, VmView? View, string? Reason);

/// <summary>What is known of a VM.</summary>
public enum VmStanding
{
    /// <summary>It is defined on that node.</summary>
    Here,

    /// <summary>It is not defined any more. Should it be defined there again, it is <see cref="Here"/>.</summary>
    Gone,

    /// <summary>It lives on another node now, and is followed there.</summary>
    Moved,

    /// <summary>Its node cannot be reached: nothing is known of it. What comes next when it can be is how it stands then.</summary>
    Unreachable,
}
