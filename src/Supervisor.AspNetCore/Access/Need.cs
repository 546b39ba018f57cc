using VmSupervisor.Contracts;

namespace VmSupervisor.AspNetCore.Access;

/// <summary>What an address needs of whoever asks.</summary>
/// <param name="Role">The least role.</param>
/// <param name="Reach">How far it reaches.</param>
internal sealed record Need(Role Role, Reach Reach)
{
    /// <summary>Whether operators may do it where the node is set up so.</summary>
    public bool IsDefinition { get; init; }
}

/// <summary>How far an address reaches, for callers who may act on some VMs only.</summary>
internal enum Reach
{
    /// <summary>One VM, which the address names.</summary>
    Vm,

    /// <summary>What the handler itself leaves of it: those VMs that the caller sees.</summary>
    Filtered,

    /// <summary>The node, and so all VMs.</summary>
    Node,

    /// <summary>Nothing of any VM: everybody may ask who can connect.</summary>
    Open,

    /// <summary>Other nodes, who prove who they are in their own way.</summary>
    Peer,
}
