using System.Globalization;

namespace VmSupervisor.Qemu;

/// <summary>A migration that is wanted.</summary>
/// <param name="To">Where the target listens.</param>
/// <param name="Options">How; the target is given the same.</param>
/// <param name="Limits">How fast.</param>
internal sealed record MigrationRequest(MigrationAddress To, MigrationOptions Options, MigrationLimits Limits)
{
    /// <summary>
    /// Whether this is the first time that it is asked for: then what QEMU knows of an earlier one is no answer. Otherwise one
    /// that is under way or was completed is the one that was asked for.
    /// </summary>
    public bool IsNew { get; init; }
}

/// <summary>What a target is to do.</summary>
/// <param name="At">Where to listen.</param>
/// <param name="Options">How; the source is given the same.</param>
internal sealed record ListenRequest(ListenPlace At, MigrationOptions Options);

/// <summary>What both ends must agree on.</summary>
internal sealed record MigrationOptions
{
    /// <summary>Whether QEMU may slow the guest down until its memory can be followed; only the source does anything with it.</summary>
    public bool AutoConverge { get; init; }

    /// <summary>Connections for memory beside the first one (<c>multifd</c>); null for none.</summary>
    public int? Channels { get; init; }

    /// <summary>Whether post-copy may be begun.</summary>
    public bool Postcopy { get; init; }

    /// <summary>Encryption; null for none.</summary>
    public MigrationTls? Tls { get; init; }
}

/// <summary>TLS by QEMU. Both ends prove who they are.</summary>
/// <param name="Directory">Where this host's files are, as QEMU wants them: <see cref="TlsDirectory"/>.</param>
/// <param name="Hostname">The name that the target's certificate must have; null on the target.</param>
internal sealed record MigrationTls(string Directory, string? Hostname);

/// <summary>How fast. QEMU keeps what is null as it was set last.</summary>
internal sealed record MigrationLimits
{
    /// <summary>
    /// Bytes per second, in pre-copy and post-copy; 0 for as fast as it goes (QEMU's own meaning of 0, checked on 7.2). Not
    /// set, QEMU's default holds, 128 MiB/s before and no limit in a post-copy.
    /// </summary>
    public long? BytesPerSecond { get; init; }

    /// <summary>How long the guest may stand still by QEMU's estimate; its default is 300 ms, the most it takes 2000 s.</summary>
    public TimeSpan? Downtime { get; init; }
}

/// <summary>Where a target listens.</summary>
internal abstract record MigrationAddress
{
    private MigrationAddress()
    {
    }

    /// <summary>As QEMU wants it.</summary>
    public abstract string Uri { get; }

    /// <param name="Path">A socket, absolute.</param>
    public sealed record Unix(string Path) : MigrationAddress
    {
        public override string Uri => $"unix:{Path}";
    }

    /// <param name="Host">A name or an address, also one of IPv6, without brackets.</param>
    /// <param name="Port">The port.</param>
    public sealed record Tcp(string Host, int Port) : MigrationAddress
    {
        public override string Uri => string.Create(CultureInfo.InvariantCulture, $"tcp:{Bracketed(Host)}:{Port}");
    }

    /// <summary>A host as it stands before a port.</summary>
    public static string Bracketed(string host) => host.Contains(':') ? $"[{host}]" : host;
}

/// <summary>Where a target is to listen.</summary>
internal abstract record ListenPlace
{
    private ListenPlace()
    {
    }

    /// <summary>On a socket in its run directory: for a connection that the nodes carry.</summary>
    public sealed record RunDirectory : ListenPlace;

    /// <summary>On the first port of a range that is free.</summary>
    /// <param name="Host">The address to bind; QEMU binds it and no other.</param>
    /// <param name="First">The first port.</param>
    /// <param name="Last">The last port.</param>
    public sealed record Ports(string Host, int First, int Last) : ListenPlace;
}

/// <summary>What became of a target that was to listen.</summary>
internal abstract record ListenResult
{
    private ListenResult()
    {
    }

    /// <summary>It listens, or has begun to load what came.</summary>
    /// <param name="At">Where.</param>
    public sealed record Listening(MigrationAddress At) : ListenResult;

    /// <summary>It does not listen.</summary>
    /// <param name="Reason">One line for a person.</param>
    /// <param name="Unreachable">Whether the monitor did not answer, so that it may.</param>
    public sealed record Failed(string Reason, bool Unreachable) : ListenResult;
}
