using System.Collections.Immutable;
using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Model.Encoding;
using VmSupervisor.Model.Engine;
using VmSupervisor.Model.Worlds;

namespace VmSupervisor.Model.Migrations;

/// <summary>Two nodes, a VM that moves between them, and what QEMU sends.</summary>
internal sealed record MigrationWorld
{
    /// <summary>The node that has the VM.</summary>
    public required Side A { get; init; }

    /// <summary>The node that it is sent to.</summary>
    public required Side B { get; init; }

    public Stream Stream { get; init; }

    /// <summary>The session that QEMU sends, or sent last.</summary>
    public MigrationSession? Sending { get; init; }

    /// <summary>What was said by A and will reach B, or not, at any time.</summary>
    public ImmutableArray<Late> Late { get; init; } = [];

    public int Faults { get; init; }

    public int Crashes { get; init; }

    /// <summary>How often the VM may still be sent.</summary>
    public int Migrations { get; init; }

    public int Stops { get; init; }

    public bool Closed { get; init; }

    /// <summary>Node B and whatever ran there is gone for good.</summary>
    public bool IsLost { get; init; }

    // What the laws remember.

    /// <summary>The guest has run at B, so that A's copy is of the past.</summary>
    public bool HasMoved { get; init; }

    /// <summary>A QEMU was killed by something that is none of ours, or a person wanted the VM down.</summary>
    public bool IsExcused { get; init; }

    /// <summary>QEMU refused to let the source's guest run again: a person is told.</summary>
    public bool IsTold { get; init; }

    public Violation? Broken { get; init; }

    public int Serial { get; init; }

    public DateTimeOffset Now { get; init; }

    public MigrationWorld Break(string law, string text) => Broken is null ? this with { Broken = new Violation(law, text) } : this;

    public Side Of(bool isA) => isA ? A : B;

    public MigrationWorld With(bool isA, Side side) => isA ? this with { A = side } : this with { B = side };
}

/// <summary>Where QEMU's migration stands.</summary>
internal enum Stream
{
    None,
    Active,

    /// <summary>Completed at the source; with the return path that means loaded at the target.</summary>
    Sent,

    /// <summary>Over at the source, and not completed.</summary>
    Failed,
}

/// <summary>A node: its journal and host, and its supervisor while that is up.</summary>
internal sealed record Side
{
    public required CodedState Journal { get; init; }

    public Copy? Qemu { get; init; }

    public bool Up { get; init; } = true;

    /// <summary>What a restarted supervisor found, and has not yet taken up.</summary>
    public Finding? Probed { get; init; }

    public ImmutableArray<Slot> Effects { get; init; } = [];

    /// <summary>News of effects that were given up meanwhile.</summary>
    public ImmutableArray<Observation> Strays { get; init; } = [];

    /// <summary>Operations that have ended: asking again gives the same answer.</summary>
    public ImmutableArray<OperationId> Ended { get; init; } = [];

    public VmState State => Journal.State;

    public bool Awake => Up && Probed is null;
}

/// <summary>A QEMU with the guest, or with room for it.</summary>
internal sealed record Copy(long N, bool Running, bool Loaded);

/// <summary>Something that one node says to the other and that is long on its way.</summary>
internal abstract record Late
{
    public sealed record Prepare(MigrationSession Session, bool WasRunning) : Late;

    public sealed record Note(PeerNote Said) : Late;
}
