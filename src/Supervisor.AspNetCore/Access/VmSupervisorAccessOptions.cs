using VmSupervisor.Contracts;

namespace VmSupervisor.AspNetCore.Access;

/// <summary>Who may do what, beside root and the supervisor's own user, who may do everything.</summary>
public sealed class VmSupervisorAccessOptions
{
    /// <summary>What is granted to whom.</summary>
    public IList<AccessRule> Rules { get; } = [];

    /// <summary>
    /// Directories, absolute, in which whoever is no admin may have files read and written: images of definitions, copies
    /// of disks. None unless told. Who is to be kept in them must not be able to write there by other ways.
    /// </summary>
    public IList<string> Roots { get; } = [];

    /// <summary>Bridges to which whoever is no admin may connect VMs; none unless told.</summary>
    public IList<string> Bridges { get; } = [];

    /// <summary>
    /// Whether operators may define VMs, within <see cref="Roots"/> and <see cref="Bridges"/> and without hooks, scripts and
    /// arguments for QEMU; not unless told.
    /// </summary>
    public bool OperatorsDefine { get; set; }
}

/// <summary>What is granted to somebody.</summary>
/// <param name="Who">Whom.</param>
/// <param name="Grant">What.</param>
public sealed record AccessRule(Principal Who, Grant Grant);

/// <summary>Somebody who can be recognised.</summary>
public abstract record Principal
{
    private Principal() { }

    /// <summary>A user of this host, on the unix socket.</summary>
    /// <param name="Id">The user's number.</param>
    public sealed record User(uint Id) : Principal;

    /// <summary>Members of a group of this host, on the unix socket.</summary>
    /// <param name="Id">The group's number.</param>
    public sealed record Group(uint Id) : Principal;

    /// <summary>Whoever has the key of a certificate that the cluster's CA has signed, with TLS.</summary>
    /// <param name="CommonName">The certificate's only common name.</param>
    public sealed record Certificate(string CommonName) : Principal;
}
