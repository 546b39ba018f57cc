using VmSupervisor.Domain;

namespace VmSupervisor.Simulation.Counting;

/// <summary>
/// What only a migration has. No node of the simulation has another one to send guests to: <c>tests/Model/Migrations</c> explores
/// it.
/// </summary>
internal static class OfMigrations
{
    private static readonly HashSet<Type> Types =
    [
        typeof(Wish.Migrate), typeof(Wish.Receive), typeof(Wish.LoseTarget), typeof(Wish.LoseSource),
        typeof(Event.MigrationAccepted), typeof(Event.MigrationBegan), typeof(Event.MigrationPrepared), typeof(Event.MigrationHurried), typeof(Event.MigrationGivenUp),
        typeof(Event.MigrationFailed), typeof(Event.MigrationEnded), typeof(Event.FinishRequested), typeof(Event.HandoverDecided), typeof(Event.FarewellTaken),
        typeof(Event.ReceiveAccepted), typeof(Event.ListenBegan), typeof(Event.FinishAwaited), typeof(Event.MigrationCommitted), typeof(Event.VerdictReached),
        typeof(Event.SessionClosed), typeof(Event.VerdictForgotten), typeof(Event.ReceiveUndone),
        typeof(Effect.CheckTarget), typeof(Effect.PrepareTarget), typeof(Effect.Send), typeof(Effect.Hurry), typeof(Effect.CancelSend), typeof(Effect.SeekVerdict),
        typeof(Effect.BidFarewell), typeof(Effect.Listen), typeof(Effect.Receive), typeof(Effect.WatchPeer), typeof(Effect.AskSource),
    ];

    private static readonly HashSet<StartPhase> Phases = [StartPhase.Listen, StartPhase.Receive, StartPhase.Received, StartPhase.Confirm];

    public static bool Has(Type type) => Types.Contains(type);

    public static bool Has(StartPhase phase) => Phases.Contains(phase);
}
