namespace VmSupervisor.Domain;

/// <summary>
/// What is to be done in the world, derived from the state alone. The actor begins what a new state wants and the old
/// one did not, and gives up what it does not want any more; after a restart it begins all of it. So there is no
/// repair path, and no effect that a crash could lose.
/// </summary>
internal static class Outstanding
{
    /// <summary>The effects that a state wants under way, in the order in which they begin.</summary>
    public static IEnumerable<Effect> Of(VmState state, Limits limits) =>
        ReferenceEquals(state.Moves, Moves.None) ? OfState(state, limits) : OfState(state, limits).Concat(Of(state.Moves));

    /// <summary>Sessions that this node sent are seen to their end, whatever became of the life.</summary>
    private static IEnumerable<Effect> Of(Moves moves)
    {
        if (moves.Handover is { } handover)
            yield return new Effect.SeekVerdict(handover.Session.From, handover.Session, handover.Commits);
        foreach (var session in moves.Farewells)
            yield return new Effect.BidFarewell(session.From, session);
    }

    private static IEnumerable<Effect> OfState(VmState state, Limits limits) => state switch
    {
        Undefined => [],
        CleanedUp cleaned => cleaned.Pending is { } restart ? [new Effect.WaitUntil(cleaned.Last, restart.Due)] : [],
        Starting starting => Of(starting, limits),
        Running running => Of(running, limits),
        Stopping stopping => Of(stopping, limits),
        _ => throw new InvalidOperationException($"{state.GetType().Name} is not a state"),
    };

    private static IEnumerable<Effect> Of(Starting starting, Limits limits)
    {
        var life = starting.Life;
        var n = life.Number;
        foreach (var effect in Watches(life))
            yield return effect;
        if (life is { IsOnTrial: true, Incoming.Session: var session })
            yield return new Effect.WatchPeer(n, session);
        Effect? ofPhase = starting.Phase switch
        {
            StartPhase.PreStart => new Effect.RunHooks(n, HookPhase.PreStart, limits.Hooks, life.Cause, life.Operation),
            StartPhase.BringUp => new Effect.BringUp(n),
            StartPhase.Listen => new Effect.Listen(n, life.Incoming!.Session, life.Incoming.Plan),
            StartPhase.Receive => new Effect.Receive(n, life.Incoming!.Session),
            StartPhase.Received => null,
            StartPhase.Confirm => new Effect.AskSource(n, life.Incoming!.Session),
            StartPhase.Continue => new Effect.Continue(n),
            StartPhase.PostStart => new Effect.RunHooks(n, HookPhase.PostStart, limits.Hooks, life.Cause, life.Operation),
            _ => throw new InvalidOperationException($"{starting.Phase} is not a phase"),
        };
        if (ofPhase is not null)
            yield return ofPhase;
    }

    private static IEnumerable<Effect> Of(Running running, Limits limits)
    {
        var life = running.Life;
        foreach (var effect in Watches(life))
            yield return effect;
        foreach (var look in running.Looks)
            yield return new Effect.Look(life.Number, life.Process!, look.Operation.Id);
        if (running.GoodAt(limits) is { } good)
            yield return new Effect.WaitUntil(life.Number, good);

        foreach (var effect in Of(running.Activity, life.Number))
            yield return effect;

        // One after the other: pause and resume in flight together could change places. None before a backup's moment.
        if (running.Requests is [var first, ..] && running.Activity is not Activity.Backup { Phase: BackupPhase.Begin })
            yield return new Effect.Ask(life.Number, first.Operation.Id, first.Request);
    }

    private static Effect[] Of(Activity? activity, Contracts.Incarnation n) => activity switch
    {
        null => [],
        Activity.Backup { Operation.Id: var id, Plan: var plan, Phase: var phase } => phase switch
        {
            BackupPhase.Begin begin => [new Effect.BeginBackup(
                n, id, plan.Files, plan.BytesPerSecond, Pause: plan.Mode == BackupMode.Suspend && begin.Continues, Freeze: plan.Mode == BackupMode.Snapshot)],

            // First the guest: its jobs wait with their result.
            BackupPhase.Copy { Continues: true } => [new Effect.Continue(n)],
            BackupPhase.Copy => [new Effect.FollowBackup(n, id, plan.Files)],
            BackupPhase.Undo undo => [new Effect.UndoBackup(n, id, plan.Files, undo.Continues)],
            _ => throw new InvalidOperationException($"{phase.GetType().Name} is not a phase"),
        },
        Activity.Hibernation { Operation.Id: var id } hibernation =>
            [hibernation.Undo is null ? new Effect.SaveMemory(n, id) : new Effect.UndoSave(n, id, hibernation.WasRunning)],
        Activity.Migration migration => OfMigration(migration, n),
        _ => throw new InvalidOperationException($"{activity.GetType().Name} is not an activity"),
    };

    private static Effect[] OfMigration(Activity.Migration migration, Contracts.Incarnation n) => migration.Phase switch
    {
        MigrationPhase.Check => [new Effect.CheckTarget(n, migration.Operation.Id, migration.Plan)],
        MigrationPhase.Prepare(var session) => [new Effect.PrepareTarget(n, session, migration.Plan, migration.WasRunning)],
        MigrationPhase.Send send =>
        [
            new Effect.Send(n, send.Session, send.Address, migration.Plan),
            .. send.Hurried ? [new Effect.Hurry(n, send.Session)] : Array.Empty<Effect>(),
            .. send.Deadline is { } deadline ? [new Effect.WaitUntil(n, deadline)] : Array.Empty<Effect>(),
        ],
        MigrationPhase.GiveUp giveUp => [new Effect.CancelSend(n, giveUp.Session, migration.Plan, giveUp.FinishIfSent)],
        MigrationPhase.Resume => [new Effect.Continue(n)],
        _ => throw new InvalidOperationException($"{migration.Phase.GetType().Name} is not a phase"),
    };

    private static IEnumerable<Effect> Of(Stopping stopping, Limits limits)
    {
        var life = stopping.Life;
        var n = life.Number;
        foreach (var effect in Watches(life))
            yield return effect;
        if (StopRoad.DeadlineOf(stopping.Phase) is { } deadline)
            yield return new Effect.WaitUntil(n, deadline);

        Effect? effectOfPhase = stopping.Phase switch
        {
            StopPhase.EndHook end => new Effect.EndHooks(n, end.Hook),
            StopPhase.PreStop preStop => new Effect.RunHooks(n, HookPhase.PreStop, preStop.Limit, stopping.Cause, preStop.Operation),
            StopPhase.AskGuest ask => new Effect.PowerDown(n, ask.Press),
            StopPhase.Quit => new Effect.Quit(n),
            StopPhase.Terminate => new Effect.Terminate(n, life.Process!),
            StopPhase.Kill => new Effect.Kill(n, life.Process!),
            StopPhase.AwaitExit => null,
            StopPhase.Extinguish => new Effect.Extinguish(n),
            StopPhase.Clean clean => new Effect.Release(n, clean.Steps, clean.Attempt),
            StopPhase.PostStop post => new Effect.RunHooks(n, HookPhase.PostStop, limits.Hooks, stopping.Cause, post.Operation),
            _ => throw new InvalidOperationException($"{stopping.Phase.GetType().Name} is not a phase"),
        };
        if (effectOfPhase is not null)
            yield return effectOfPhase;
    }

    /// <summary>As long as a recorded process may live, its exit and its guest are watched, whatever else goes on.</summary>
    private static Effect[] Watches(Life life) => life is { MayLive: true, Process: { } process }
        ? [new Effect.WatchExit(life.Number, process), new Effect.FollowGuest(life.Number)]
        : [];
}
