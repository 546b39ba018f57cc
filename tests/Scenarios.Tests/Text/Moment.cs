using VmSupervisor.Contracts;

namespace VmSupervisor.Scenarios.Tests.Text;

/// <summary>What a line waits for before it acts.</summary>
internal abstract record Moment
{
    private Moment() { }

    /// <summary>A time since the scenario's beginning.</summary>
    public sealed record At(TimeSpan Time) : Moment;

    /// <summary>A time since the line before.</summary>
    public sealed record After(TimeSpan Time) : Moment;

    /// <summary>Something that comes to be so; in virtual time within a limit, when one is told.</summary>
    public sealed record When(Condition Condition, TimeSpan? Within) : Moment;
}

/// <summary>What is seen of a VM, its hooks and operations.</summary>
internal abstract record Condition
{
    private Condition() { }

    /// <summary>The VM's state, as its view spells it, or <c>Undefined</c>.</summary>
    public sealed record State(VmId Vm, string Name) : Condition;

    /// <summary>What the guest does, as the view spells it.</summary>
    public sealed record Guest(VmId Vm, string Name) : Condition;

    /// <summary>The journal has an entry; with data, one that has the same.</summary>
    public sealed record Journals(VmId Vm, long? Incarnation, string Type, IReadOnlyDictionary<string, string> Data) : Condition;

    /// <summary>A phase of hooks has begun, or ended; the journal need not know of it yet.</summary>
    public sealed record Hook(VmId Vm, long? Incarnation, string Phase, bool IsOver) : Condition;

    /// <summary>There is a QEMU process of the VM, or of one of its lives; the journal need not know of it yet.</summary>
    public sealed record Process(VmId Vm, long? Incarnation) : Condition;

    /// <summary>A copy of a disk is being made, or is complete and under its name.</summary>
    public sealed record File(string Path, bool IsUnfinished) : Condition;

    /// <summary>The VM's view names a problem.</summary>
    public sealed record Problem(VmId Vm) : Condition;

    /// <summary>An operation has ended.</summary>
    public sealed record Ended(OperationId Operation) : Condition;
}
