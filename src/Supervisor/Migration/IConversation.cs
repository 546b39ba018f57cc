using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;

namespace VmSupervisor.Migration;

/// <summary>
/// What one node of a migration asks the other. Every message may be sent again: it changes nothing that it has changed
/// before. None of the calls throws for a peer that cannot be reached: the answer says so.
/// </summary>
internal interface IConversation
{
    /// <summary>The other nodes that this one knows, in order.</summary>
    IReadOnlyList<string> Nodes { get; }

    /// <summary>Where QEMU finds what this node proves itself with, for guests that go directly; null for no encryption.</summary>
    string? TlsDirectory { get; }

    /// <summary>Whether another node is there, as far as is known.</summary>
    bool IsConnected(string node);

    /// <summary>Source: whether the target could take a VM, and which incarnations of it it has seen. Reserves nothing.</summary>
    Task<CheckAnswer> CheckAsync(string target, Offer offer, CancellationToken cancellationToken);

    /// <summary>
    /// Source: makes the target prepare, and returns when its QEMU listens or never will. A connection that is lost meanwhile
    /// is waited for as long as the lease.
    /// </summary>
    Task<PrepareAnswer> PrepareAsync(MigrationSession session, Offer offer, MigrationPlan plan, bool wasRunning, CancellationToken cancellationToken);

    /// <summary>Source: tells the target something of a session, which answers with what it knows of it afterwards.</summary>
    Task<VerdictAnswer> TellAsync(VmId vm, PeerNote note, CancellationToken cancellationToken);

    /// <summary>
    /// Source: renews the target's lease until it is cancelled. Returns, with one line for a person, when the target has not
    /// taken it for longer than the lease and the grace: by then it has killed what it had, or never will.
    /// </summary>
    Task<string> RenewAsync(MigrationSession session, CancellationToken cancellationToken);

    /// <summary>
    /// Source: a socket that leads to the target's QEMU through the nodes' own connection, as long as the result is not disposed.
    /// </summary>
    /// <param name="session">Whose.</param>
    /// <param name="what">What goes through it, so that several can be told apart.</param>
    /// <param name="socket">Where it is made.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    IAsyncDisposable OpenTunnel(MigrationSession session, string what, string socket);

    /// <summary>Target: whether the source leaves it to this node to run the VM; null, with a reason, when it cannot be asked.</summary>
    Task<WaitAnswer> AskSourceAsync(VmId vm, MigrationSession session, CancellationToken cancellationToken);

    /// <summary>
    /// Target: returns, with one line for a person, when the source was silent for too long: its connection closed and not
    /// back within the grace, or the lease not renewed.
    /// </summary>
    Task<string> SilenceAsync(MigrationSession session, CancellationToken cancellationToken);

    /// <summary>Target: lets what comes of a session through the nodes' own connection to a socket, until the result is disposed.</summary>
    IDisposable AdmitTunnel(MigrationSession session, string what, string socket);

    /// <summary>Target: where QEMU is to listen; null for a socket that the nodes' own connection leads to.</summary>
    ListenAddress? PlaceFor(MigrationSession session, MigrationTransport transport);
}

/// <summary>A VM as its source offers it.</summary>
/// <param name="Definition">What runs, with the names that a guest knows itself by: its UUID and hardware addresses.</param>
/// <param name="Next">What it is to be from its next start on.</param>
internal sealed record Offer(VmDefinition Definition, VmDefinition Next)
{
    /// <summary>How the guest's CPUs are run: <c>kvm</c> or <c>tcg</c>; null when that is not known.</summary>
    public string? Accelerator { get; init; }

    /// <summary>The disks that both nodes are to have, with what proves it.</summary>
    public ValueList<OfferedDisk> Shared { get; init; } = [];

    /// <summary>The disks that go along.</summary>
    public ValueList<OfferedImage> Moved { get; init; } = [];
}

/// <summary>A disk that both nodes are to have.</summary>
/// <param name="Path">Its path at the target.</param>
/// <param name="Token">What the source has written beside it; null when it could not.</param>
/// <param name="Problem">Why it could not.</param>
internal sealed record OfferedDisk(string Path, string? Token, string? Problem);

/// <summary>A disk that goes along.</summary>
/// <param name="Place">Its place among the disks.</param>
/// <param name="Path">Where it is to be at the target.</param>
/// <param name="Format">Its image's format.</param>
/// <param name="Size">Its size in bytes.</param>
internal sealed record OfferedImage(int Place, string Path, DiskFormat Format, long Size);

/// <summary>Where a target listens for guests that come directly.</summary>
/// <param name="Host">The address to bind; peers reach it by that.</param>
/// <param name="FirstPort">The first port.</param>
/// <param name="LastPort">The last port.</param>
internal sealed record ListenAddress(string Host, int FirstPort, int LastPort);

/// <summary>What a target says before anything is begun.</summary>
/// <param name="WhyNot">Why it cannot take the VM; null when it can.</param>
/// <param name="Highest">The highest incarnation of it that the target has seen.</param>
internal sealed record CheckAnswer(string? WhyNot, Incarnation Highest);

/// <summary>What became of the preparation.</summary>
/// <param name="Address">Where to send; null when it failed.</param>
/// <param name="WhyNot">Why it failed.</param>
internal sealed record PrepareAnswer(string? Address, string? WhyNot);

/// <summary>What a target knows of a session.</summary>
/// <param name="Verdict">The verdict; null while there is none.</param>
/// <param name="Unreached">Why the target could not be asked; null when it was.</param>
internal sealed record VerdictAnswer(SessionVerdict? Verdict, string? Unreached);

/// <summary>What a source says of a session.</summary>
/// <param name="Waits">Whether it leaves it to the target to run the VM; null when it could not be asked.</param>
/// <param name="Unreached">Why not.</param>
internal sealed record WaitAnswer(bool? Waits, string? Unreached);
