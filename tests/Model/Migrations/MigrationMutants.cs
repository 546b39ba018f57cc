using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Model.Laws;

namespace VmSupervisor.Model.Migrations;

/// <summary>A known bug, and the law that it must be caught by.</summary>
/// <param name="Name">What is wrong.</param>
/// <param name="Law">What it breaks.</param>
/// <param name="Bounds">Where it is met.</param>
/// <param name="Decide">The rules with the bug.</param>
internal sealed record MigrationMutant(string Name, string Law, MigrationBounds Bounds, Func<VmState, Input, Limits, Decision> Decide)
{
    /// <summary>Whether a source that gets no answer believes that the target has given up, as libvirt does.</summary>
    public bool LostReplyIsFailure { get; init; }
}

/// <summary>Bugs that others have or had, put into the production rules.</summary>
internal static class MigrationMutants
{
    public static IReadOnlyList<MigrationMutant> All { get; } =
    [
        new("a lost reply to Finish is taken for a failure, and the source runs again (libvirt)", Law.NeverTwo, new("") { Faults = 1, Crashes = 0 }, Production)
        {
            LostReplyIsFailure = true,
        },
        new("QEMU's completed is permission to run, without a commit", Law.NeverTwo, new("") { Faults = 1, Crashes = 0 }, (state, input, limits) =>
            state is Starting { Phase: StartPhase.Receive, Life: var life } && input is Input.Seen { Observation: Observation.Received } seen
                ? new Decision.Accepted([new Event.StartAdvanced(seen.At, life.Number, StartPhase.Continue)])
                : Production(state, input, limits)),
        new("autokill is not disarmed by the commit", Law.NeverTwo, new("") { Faults = 1, Crashes = 0 }, (state, input, limits) =>
            state is Starting { Life.Incoming.Committed: true } starting && input is Input.Seen { Observation: Observation.PeerLost } lost
                ? starting.GiveBack(lost.At, "silence", limits)
                : Production(state, input, limits)),
        new("the source ends its copy when the target has committed, and not when it runs", Law.NeverNone, new("") { Faults = 1, Crashes = 0 }, (state, input, limits) =>
            Production(state, input is Input.Seen { Observation: Observation.VerdictTold { Verdict: Verdict.Committed } told } seen
                ? seen with { Observation = told with { Verdict = Verdict.Running } }
                : input, limits)),
        new("an incoming QEMU is not ended when the target's supervisor is restarted", Law.OperationsEnd, new("") { Faults = 0, Crashes = 2 }, (state, input, limits) =>
            state is Starting { Life.IsOnTrial: true, Life.Process: not null } && input is Input.Seen { Observation: Observation.Recovered or Observation.PeerLost } or Input.Told { Note: PeerNote.Abort }
                && state is Starting { Life.IsOnTrial: true }
                ? new Decision.Ignored("")
                : Production(state, input, limits)),
    ];

    private static Decision Production(VmState state, Input input, Limits limits) => state.Decide(input, limits);
}
