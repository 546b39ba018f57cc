using VmSupervisor.Contracts;

namespace VmSupervisor.Domain;

/// <summary>What events make of a VM's moves, whatever they make of its state.</summary>
internal static class MovesEvolution
{
    /// <summary>A source that never comes back to hear a verdict does not fill the journal.</summary>
    private const int Remembered = 16;

    public static Moves After(VmState before, Event e)
    {
        var moves = before.Moves;
        return e switch
        {
            Event.MigrationBegan began => moves.WithReserved(began.Session),
            Event.FinishRequested finish when before is Running { Activity: Activity.Migration { Session: { } session } sent } =>
                moves with { Handover = new Handover(session, sent.Operation, sent.Plan, sent.WasRunning, Commits: true) { Figures = finish.Figures } },
            Event.MigrationFailed or Event.MigrationEnded or Event.EndBegan when SessionOf(before) is { } session => moves.WithFarewell(session),
            Event.StopAccepted when SessionOf(before) is { } session => moves.WithFarewell(session),
            Event.StopAccepted when moves.Handover is { Commits: true } handover => moves with { Handover = handover with { Commits = false } },
            Event.HandoverDecided decided when moves.Handover is { } handover => (moves with
            {
                Handover = null,
                Home = decided.Verdict == Verdict.Running ? handover.Session.Target : null,
            }).WithFarewell(handover.Session),
            Event.FarewellTaken taken => moves with { Farewells = moves.Farewells.RemoveAll(s => s == taken.Session) },

            Event.ReceiveAccepted received => moves.WithReserved(received.Life.Incoming!.Session) with { Home = null },
            Event.ReceiveUndone undone => moves with { Home = undone.Before?.Moves.Home },
            Event.MigrationCommitted committed => moves.WithVerdict(new SessionVerdict(committed.Session, Verdict.Committed, "")),

            // What the source has acknowledged, or given up, it does not ask for again.
            Event.VerdictReached { Verdict: not Verdict.Aborted } after when moves.VerdictOn(after.Session) is null => moves,
            Event.VerdictReached reached => moves.WithVerdict(new SessionVerdict(reached.Session, reached.Verdict, reached.Detail)),
            Event.VerdictForgotten forgotten => moves with { Verdicts = moves.Verdicts.RemoveAll(v => v.Session == forgotten.Session) },
            Event.SessionClosed closed => moves.WithReserved(closed.Session),

            Event.Undefined when moves.Home is not null => moves with { Home = null },
            _ => moves,
        };
    }

    private static MigrationSession? SessionOf(VmState state) => ((state as Running)?.Activity as Activity.Migration)?.Session;

    private static Moves WithReserved(this Moves moves, MigrationSession session) =>
        moves.Reserved.Value < session.To.Value ? moves with { Reserved = session.To } : moves;

    private static Moves WithFarewell(this Moves moves, MigrationSession session) =>
        moves.Farewells.Contains(session) ? moves : moves with { Farewells = moves.Farewells.Add(session) };

    private static Moves WithVerdict(this Moves moves, SessionVerdict verdict) => moves with
    {
        Verdicts = moves.Verdicts.RemoveAll(v => v.Session == verdict.Session).Add(verdict).TakeLast(Remembered).ToValueList(),
    };
}
