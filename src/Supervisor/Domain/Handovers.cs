using System.Globalization;

namespace VmSupervisor.Domain;

/// <summary>What the verdict on a session makes of the VM at its source, whatever state that is in by then.</summary>
internal static class Handovers
{
    /// <summary>Why nothing may begin here while the verdict is not known, or because the VM is elsewhere; null when it may.</summary>
    public static string? WhyNot(Moves moves) => moves switch
    {
        { Handover: { Session: var session } } =>
            $"whether it runs on node {session.Target} is not known: that is being asked; if {session.Target} is gone for good and fenced, 'vmsup migrate-resolve' decides",
        { Home: { } home } => $"it was moved to node {home}",
        _ => null,
    };

    /// <summary>What is heard of sessions that this node sent; null when it is something else. No life of now is concerned.</summary>
    public static Decision? Heard(VmState state, Input.Seen seen, Limits limits) => seen.Observation switch
    {
        Observation.FarewellTaken taken => state.Moves.Farewells.Contains(taken.Session)
            ? new Draft(state).Add(new Event.FarewellTaken(seen.At, taken.Session)).Accept()
            : new Decision.Ignored("the farewell was taken before"),
        Observation.VerdictTold told => (state is Known known ? Told(known, told, seen.At, limits) : null)
            ?? new Decision.Ignored($"the verdict {told.Verdict} on {told.Session.Id} changes nothing"),
        _ => null,
    };

    /// <summary>The answer to a verdict, of which the state has a handover; null when it is about another session, or says nothing new.</summary>
    private static Decision? Told(Known state, Observation.VerdictTold told, DateTimeOffset at, Limits limits)
    {
        if (state.Moves.Handover is not { } handover || handover.Session != told.Session)
            return null;

        // Committed is not yet running: it may still come back, and then whatever this node has of the VM is all there is.
        if (told.Verdict == Verdict.Committed)
            return null;
        return Decide(state, handover, told.Verdict, told.Detail, at, limits, isTold: true);
    }

    /// <summary>What a verdict leads to, told or decided by a person.</summary>
    public static Decision Decide(Known state, Handover handover, Verdict verdict, string detail, DateTimeOffset at, Limits limits, bool isTold, Draft? draft = null)
    {
        draft = (draft ?? new Draft(state)).Add(new Event.HandoverDecided(at, handover.Session.From, verdict, detail, isTold));
        var isGone = verdict == Verdict.Running;
        switch (draft.State)
        {
            case Running when isGone:
                draft.End(at, handover.Operation, Ending.Succeeded, Moved(handover));
                return Stopping.Advance(
                    draft.Add(new Event.EndBegan(at, handover.Session.From, Cause.MigrateOut, $"moved to node {handover.Session.Target}", Dying: false)), at, limits);

            // The operation ends when the guest runs again.
            case Running when handover.WasRunning:
                return draft.Accept();
            case Running running:
                return draft.Add(new Event.MigrationEnded(at, running.Life.Number)).End(at, handover.Operation, Ending.Failed, Text(verdict, detail)).Accept();
            default:
                return draft.End(at, handover.Operation, isGone ? Ending.Succeeded : Ending.Failed, isGone ? Moved(handover) : Text(verdict, detail)).Accept();
        }
    }

    /// <summary>For the person who asked for it: where it is, and what that took.</summary>
    private static string Moved(Handover handover) => $"moved to node {handover.Session.Target}" + (handover.Figures is { } figures
        ? string.Create(
            CultureInfo.InvariantCulture,
            $": {figures.Bytes / (double)(1 << 20):0.#} MiB in {figures.Total.TotalSeconds:0.0##} s, the guest stood still for {figures.Downtime.TotalMilliseconds:0} ms")
        : "");

    /// <summary>For the person who asked for it.</summary>
    public static string Text(Verdict verdict, string detail) => verdict switch
    {
        Verdict.Returned => $"the target could not run it, and gave it back: {detail}",
        _ => $"the target has given it up: {detail}",
    };
}
