using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Scenarios.Tests.Playing;

/// <summary>What is seen of a stage at one moment.</summary>
internal interface IFacts
{
    /// <summary>A VM's view; null while it is not defined or no supervisor runs.</summary>
    VmView? View(VmId vm);

    /// <summary>A VM's journal, without what was refused and ignored.</summary>
    IReadOnlyList<HistoryEntry> Journal(VmId vm);

    /// <summary>Phases of hooks that have begun, in order.</summary>
    IReadOnlyList<HookFact> Hooks { get; }

    /// <summary>The QEMU processes that live.</summary>
    IReadOnlyList<(VmId Vm, long Incarnation)> Processes { get; }

    /// <summary>Copies of disks and guests' memory, a line each (<see cref="FileLines"/>).</summary>
    IReadOnlyList<string> Files { get; }

    bool HasEnded(OperationId operation);
}

/// <summary>One phase of hooks that ran, as the world saw it.</summary>
internal sealed record HookFact(VmId Vm, long Incarnation, string Phase, string Cause, bool IsOver);
