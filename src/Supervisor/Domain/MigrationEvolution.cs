using VmSupervisor.Contracts;

namespace VmSupervisor.Domain;

/// <summary>What events of a migration make of a state, on either side.</summary>
internal static class MigrationEvolution
{
    /// <summary>The next state; null when the event is about something else.</summary>
    public static VmState? Evolve(VmState state, Event e) => (state, e) switch
    {
        (Running { Activity: null } running, Event.MigrationAccepted accepted) => running with
        {
            Activity = new Activity.Migration(accepted.Operation, accepted.Plan, running.Life.Guest == GuestState.Running, new MigrationPhase.Check()),
        },
        (Running { Activity: Activity.Migration migration } running, _) when Phase(migration, e) is { } phase =>
            running with { Activity = migration with { Phase = phase } },
        (Running { Activity: Activity.Migration { Phase: MigrationPhase.Resume } } running, Event.GuestContinued) => running with { Life = running.Life.Continued() },
        (Running running, Event.FinishRequested or Event.MigrationEnded) => running with { Activity = null },
        (Running running, Event.HandoverDecided { Verdict: Verdict.Aborted or Verdict.Returned } decided) when running.Moves.Handover is { WasRunning: true } handover =>
            running with
            {
                Activity = new Activity.Migration(
                    handover.Operation, handover.Plan, WasRunning: true,
                    new MigrationPhase.Resume(new Outcome(Ending.Failed, Handovers.Text(decided.Verdict, decided.Detail)))),
            },
        (Running running, Event.HandoverDecided { Verdict: Verdict.Running }) when running.Moves.Handover is { Plan: { Storage: MigrationStorage.Move, KeepsSource: false } } =>
            running with { Life = running.Life.With(new Step.MovedImages(Moving.Of(running.Life.Definition).Select(d => d.Disk.Path).ToValueList())) },
        (CleanedUp cleaned, Event.HandoverDecided { Verdict: Verdict.Running }) when cleaned.Moves.Handover is { } handover =>
            cleaned with { Cause = Cause.MigrateOut, Detail = $"moved to node {handover.Session.Target}", Since = e.At },
        (_, Event.HandoverDecided or Event.FarewellTaken or Event.SessionClosed or Event.VerdictForgotten or Event.VerdictReached) => state,

        (Undefined or CleanedUp, Event.ReceiveAccepted { Life: var life } received) => Evolution.Begin(life, received.Next ?? life.Definition, [received.Operation], e.At),
        (Starting { Life.Incoming: { } incoming } starting, Event.ListenBegan listening) =>
            starting.With(starting.Life with { Incoming = incoming with { Address = listening.Address } }, StartPhase.Receive),
        (Starting { Life.Incoming: { } incoming } starting, Event.FinishAwaited) =>
            starting with { Life = starting.Life with { Incoming = incoming with { FinishAwaited = true } } },
        (Starting { Life.Incoming: { } incoming } starting, Event.MigrationCommitted) =>
            starting with { Life = starting.Life with { Incoming = incoming with { Committed = true } } },
        (CleanedUp cleaned, Event.ReceiveUndone { Before: { } before }) => before with { Last = cleaned.Last },
        (CleanedUp cleaned, Event.ReceiveUndone) => new Undefined { Last = cleaned.Last, Since = e.At },
        _ => null,
    };

    private static MigrationPhase? Phase(Activity.Migration migration, Event e) => (migration.Phase, e) switch
    {
        (MigrationPhase.Check, Event.MigrationBegan began) => new MigrationPhase.Prepare(began.Session),
        (MigrationPhase.Prepare prepare, Event.MigrationPrepared prepared) => new MigrationPhase.Send(prepare.Session, prepared.Address, prepared.Deadline, Hurried: false),
        (MigrationPhase.Send send, Event.MigrationHurried) => send with { Deadline = null, Hurried = true },
        (MigrationPhase.Send send, Event.MigrationGivenUp givenUp) => new MigrationPhase.GiveUp(send.Session, givenUp.Outcome, givenUp.FinishIfSent),
        (_, Event.MigrationFailed failed) => new MigrationPhase.Resume(failed.Outcome),
        _ => null,
    };
}
