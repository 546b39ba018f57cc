using VmSupervisor.Contracts;
using VmSupervisor.Domain;

namespace VmSupervisor.Vms;

/// <summary>A wish for a VM; answered with an <see cref="Contracts.Views.OperationView"/> once it is durable.</summary>
internal sealed record Submit(VmId Vm, Operation Operation, Wish Wish);

/// <summary>Something was seen of a VM by an effect that goes on.</summary>
internal sealed record Noticed(Observation Observation);

/// <summary>An effect is over; what it saw, if anything.</summary>
internal sealed record EffectEnded(Effect Effect, long Run, Observation? Seen);

/// <summary>A restarted supervisor has looked at what lives of a VM.</summary>
internal sealed record Probed(Observation.Recovered Seen);

/// <summary>Housekeeping is over; nothing depends on it.</summary>
internal sealed record HousekeepingDone;

/// <summary>What a VM left behind when it was undefined is gone, or could not be removed, which was logged.</summary>
internal sealed record Forgotten;

/// <summary>From a VM to the directory: it has recovered, and what lives of it is owned again.</summary>
internal sealed record VmRecovered(VmId Vm);

/// <summary>From a VM to the directory: its name, or null when it is not defined.</summary>
internal sealed record VmNamed(VmId Vm, string? Name);

/// <summary>To the directory: bring these VMs back; answered with <see cref="AllRecovered"/>.</summary>
internal sealed record RecoverAll(IReadOnlyList<VmId> Vms);

/// <summary>Every VM has recovered, or it is known why it could not.</summary>
internal sealed record AllRecovered;
