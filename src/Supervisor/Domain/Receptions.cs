using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Domain;

/// <summary>The target of a migration: how a guest of another node begins to be this one's, and what that node is told.</summary>
/// <remarks>
/// <code>
///  PreStart ─▶ BringUp ─▶ Listen ─▶ Receive ─▶ Received ──Finish──▶ committed ─▶ Continue ─▶ PostStart ─▶ Running
///     └──────────┴──────────┴──────────┴──────────┴─▶ aborted ─▶ Stopping ─▶ as before      └─ cont refused ─▶ returned
///        autokill: silence, an abort, a stop, a restart of the supervisor
/// </code>
/// Commit and abort exclude each other, since each is an append to this VM's journal and each asks for a state that the other
/// ends. A session's number is never free again: what comes of it late finds it reserved.
/// </remarks>
internal static class Receptions
{
    /// <summary>A life for the guest of another node.</summary>
    public static Decision Receive(VmState state, Input.Asked asked, Wish.Receive wish)
    {
        if (state.NextNumber.Value > wish.Session.To.Value)
            return Conflict($"incarnation {wish.Session.To} is not above {state.NextNumber.Value - 1}, which this node has seen: the session is stale");
        if (WhyNot(state) is { } why)
            return Conflict(why);
        var life = new Life(wish.Session.To, wish.Definition, CleanedUp.PlanOf(wish.Definition, [], wish.Images), Paused: !wish.WasRunning, Cause.MigrateIn, asked.Operation.Id)
        {
            Incoming = new Incoming(wish.Session, wish.Plan, wish.WasRunning, state as CleanedUp),
        };
        return new Draft(state).Add(new Event.ReceiveAccepted(asked.At, life, asked.Operation) { Next = wish.Next }).Accept();
    }

    /// <summary>Why no guest of another node can come to be this VM; null when one can.</summary>
    public static string? WhyNot(VmState state) => state switch
    {
        Undefined or CleanedUp { Moves: { Home: not null, Handover: null } } => null,
        CleanedUp { Moves.Handover: not null } => Handovers.WhyNot(state.Moves),
        CleanedUp => "this node has a VM of this id; undefine it first",
        _ => "this node has a VM of this id, and it is not cleaned up",
    };

    /// <summary>What the other node says. It gets its answer from <see cref="AnswerTo"/>, whatever is decided here.</summary>
    public static Decision Hear(VmState state, PeerNote note, DateTimeOffset at, Limits limits)
    {
        var session = note.Session;
        if (note is PeerNote.Acknowledge)
        {
            return state.Moves.VerdictOn(session) is null
                ? new Decision.Ignored("the verdict is forgotten already")
                : new Draft(state).Add(new Event.VerdictForgotten(at, session)).Accept();
        }

        if (state.Current?.Incoming is { } incoming && incoming.Session == session)
        {
            return (note, state) switch
            {
                (PeerNote.Finish, Starting { Life.IsOnTrial: true } starting) => Finish(starting, at),
                (PeerNote.Abort, Starting { Life.IsOnTrial: true } starting) => starting.GiveBack(at, "the source gave it up", limits),
                _ => new Decision.Ignored($"{note.GetType().Name} changes nothing any more"),
            };
        }

        if (state.Moves.VerdictOn(session) is not null || state.NextNumber.Value > session.To.Value)
            return new Decision.Ignored($"{note.GetType().Name} of a session that is over");
        return new Draft(state).Add(new Event.SessionClosed(at, session)).Accept();
    }

    /// <summary>What is known of a session; null while it has no verdict.</summary>
    public static SessionVerdict? AnswerTo(VmState state, MigrationSession session) =>
        state.Moves.VerdictOn(session)
        ?? (state.Current?.Incoming is { } incoming && incoming.Session == session
            ? null
            : new SessionVerdict(session, Verdict.Aborted, "the target knows of no such session"));

    private static Decision Finish(Starting starting, DateTimeOffset at)
    {
        if (starting.Phase == StartPhase.Received)
            return starting.Commit(new Draft(starting), at);
        return starting.Life.Incoming!.FinishAwaited
            ? new Decision.Ignored("finished as soon as all is received")
            : new Draft(starting).Add(new Event.FinishAwaited(at, starting.Life.Number)).Accept();
    }

    private static Decision.Refused Conflict(string why) => new(Refusal.Conflict, why);
}
