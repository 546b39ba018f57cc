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

/// <summary>To the directory: something for one VM from another node; answered by it, or with <see cref="VmUnavailable"/>.</summary>
internal sealed record ToVm(VmId Vm, object Message);

/// <summary>A VM cannot answer now.</summary>
internal sealed record VmUnavailable(string Why);

/// <summary>The other node of a session says something; answered with <see cref="NoteHeard"/> once what it changes is durable.</summary>
internal sealed record HearNote(PeerNote Note);

/// <summary>What is known of the session afterwards; null while nothing is decided.</summary>
internal sealed record NoteHeard(SessionVerdict? Verdict);

/// <summary>Answered with a <see cref="Migration.PrepareAnswer"/> when the QEMU of a session listens or never will.</summary>
internal sealed record AwaitListening(MigrationSession Session);

/// <summary>Whether the target of a session is left to run the VM; answered with <see cref="Waits"/>.</summary>
internal sealed record AskWaits(MigrationSession Session);

internal sealed record Waits(bool Yes);

/// <summary>Whether the VM could come from another node; answered with a <see cref="Migration.CheckAnswer"/>.</summary>
internal sealed record AskArrival;

/// <summary>Which other node the VM's fate hangs on; answered with <see cref="OtherNode"/>.</summary>
internal sealed record AskOtherNode;

internal sealed record OtherNode(string? Name);

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
