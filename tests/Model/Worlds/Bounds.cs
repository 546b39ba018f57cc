using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;

namespace VmSupervisor.Model.Worlds;

/// <summary>How far an exploration goes.</summary>
internal sealed record Bounds
{
    /// <summary>What it is about, for people.</summary>
    public required string Name { get; init; }

    /// <summary>No start is asked for that would begin another life than this one.</summary>
    public int Incarnations { get; init; } = 2;

    /// <summary>Accepted and not ended; the next command waits until there is room.</summary>
    public int InFlight { get; init; } = 2;

    /// <summary>Things that go wrong in the world, in one run.</summary>
    public int Faults { get; init; } = 1;

    /// <summary>Crashes of the supervisor, in one run.</summary>
    public int Crashes { get; init; } = 1;

    /// <summary>News of effects that were given up, at one time.</summary>
    public int Strays { get; init; } = 1;

    /// <summary>Which kinds of things go wrong.</summary>
    public Fault Kinds { get; init; } = Fault.All;

    /// <summary>What clients ask for.</summary>
    public required IReadOnlyList<Wish> Menu { get; init; }

    public Limits Limits { get; init; } = new();

    public required VmDefinition Definition { get; init; }

    /// <summary>The VM as it is defined by these bounds' first command.</summary>
    public static VmDefinition Vm(bool hooks, int disks = 1, PanicPolicy onPanic = PanicPolicy.Stop) => new()
    {
        Id = new Contracts.VmId(104),
        Name = "web-1",
        Memory = 1 << 20,
        Hooks = hooks ? ["/hook"] : [],
        Disks = Contracts.ValueList.ToValueList(Enumerable.Range(0, disks).Select(i => new DiskDefinition { Path = $"/images/{i}", Type = DiskType.Script, Script = "/volume" })),
        OnPanic = onPanic,
    };

    public override string ToString() =>
        $"{Name}: {Incarnations} incarnations, {InFlight} commands in flight, {Faults} faults, {Crashes} crashes of the supervisor";
}

/// <summary>What goes wrong in the world.</summary>
[Flags]
internal enum Fault
{
    None = 0,
    ProcessDies = 1 << 0,
    GuestPowersOff = 1 << 1,
    GuestPanics = 1 << 2,
    MonitorHangs = 1 << 3,
    MonitorFails = 1 << 4,
    HookFails = 1 << 5,
    AcquireFails = 1 << 6,
    ReleaseFails = 1 << 7,
    LaunchFails = 1 << 8,
    ProbeFails = 1 << 9,
    Lingers = 1 << 10,
    HostReboots = 1 << 11,
    GuestResets = 1 << 12,
    ActorRestarts = 1 << 13,
    All = (1 << 14) - 1,
}
