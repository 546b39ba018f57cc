using VmSupervisor.Contracts;

namespace VmSupervisor.AspNetCore.Access;

/// <summary>What was granted to somebody.</summary>
/// <param name="Role">What they may do.</param>
/// <param name="Vms">Only with these VMs; null for all, and for the node itself.</param>
public sealed record Grant(Role Role, ValueList<VmId>? Vms = null)
{
    /// <summary>Whether it is about a VM.</summary>
    public bool Covers(VmId vm) => Vms is null || Vms.Contains(vm);
}

/// <summary>Who asks, and what they may do.</summary>
/// <param name="Caller">Who, as the journal will name it; it carries no secret.</param>
/// <param name="Grants">What was granted to them; any one of these is enough.</param>
public sealed record Identity(Caller Caller, ValueList<Grant> Grants)
{
    /// <summary>What requests are counted by: the same for all connections and processes of one caller.</summary>
    public string Key { get; init; } = Caller.Name;

    /// <summary>Whether requests are not counted at all; for those who could do worse anyway.</summary>
    public bool Unmetered { get; init; }

    /// <summary>Set off when they may do nothing any more: a token that expires or is revoked. What was begun by then ends.</summary>
    public CancellationToken Ended { get; init; }

    /// <summary>Whether all VMs are theirs to see.</summary>
    public bool SeesAll => Grants.Any(grant => grant.Vms is null);

    /// <summary>Somebody who may do everything.</summary>
    public static Identity Admin(Caller caller) => new(caller, [new Grant(Role.Admin)]) { Unmetered = true };

    /// <summary>Whether a VM is theirs to see.</summary>
    public bool Sees(VmId vm) => Grants.Any(grant => grant.Covers(vm));
}
