using VmSupervisor.Contracts;

namespace VmSupervisor.Domain;

/// <summary>A running VM that is sent to another node.</summary>
/// <remarks>
/// <code>
///  Check ─▶ Prepare ─▶ Send ─▶ (all sent) FinishRequested ─▶ <see cref="Handover"/> ─▶ verdict
///    │         │         │                                     │ running            ─▶ <see cref="Stopping"/>, tombstone
///    └─────────┴─────────┴─▶ GiveUp ─▶ Resume ─▶ as before ◀───┘ aborted, returned
/// </code>
/// Up to the request to finish the source gives up alone, since the target runs nothing that it has not committed and commits
/// nothing that it was not asked to. After it only the verdict counts: what QEMU says here is no answer to who owns the VM.
/// </remarks>
internal sealed partial record Running
{
    private Decision Migrate(Input.Asked asked, Wish.Migrate wish) => Life.Guest is GuestState.Running or GuestState.Paused
        ? new Draft(this).Add(new Event.MigrationAccepted(asked.At, Life.Number, asked.Operation, wish.Plan)).Accept()
        : Refuse($"its guest is {Life.Guest.ToText()}; only one that is running or paused can be sent to another node");

    private Decision Observe(Activity.Migration migration, Observation observation, DateTimeOffset at)
    {
        var draft = new Draft(this);
        switch (observation, migration.Phase)
        {
            case (Observation.TargetChecked check, MigrationPhase.Check) when check.Operation == migration.Operation.Id:
                var reserved = check.Highest.Value < NextNumber.Value ? NextNumber : check.Highest.Next();
                var session = new MigrationSession(migration.Operation.Id, migration.Plan.Source, migration.Plan.Target, Life.Number, reserved);
                return draft.Add(new Event.MigrationBegan(at, Life.Number, session)).Accept();

            case (Observation.TargetRefused refused, MigrationPhase.Check) when refused.Operation == migration.Operation.Id:
                return EndMigration(draft, migration, at, new Outcome(Ending.Failed, refused.Reason));

            case (Observation.TargetPrepared prepared, MigrationPhase.Prepare now) when prepared.Session == now.Session:
                return draft.Add(new Event.MigrationPrepared(at, Life.Number, prepared.Address, at + migration.Plan.Deadline)).Accept();

            case (Observation.PrepareFailed failed, MigrationPhase.Prepare now) when failed.Session == now.Session:
                return EndMigration(draft, migration, at, new Outcome(Ending.Failed, failed.Reason));

            case (Observation.Sent sent, MigrationPhase.Send now) when sent.Session == now.Session:
                return draft.Add(new Event.FinishRequested(at, Life.Number) { Figures = sent.Figures }).Accept();

            case (Observation.SendFailed failed, MigrationPhase.Send now) when failed.Session == now.Session:
                return Unsent(draft, migration, at, new Outcome(Ending.Failed, failed.Reason));

            case (Observation.Sent sent, MigrationPhase.GiveUp { FinishIfSent: true } now) when sent.Session == now.Session:
                return draft.Add(new Event.FinishRequested(at, Life.Number) { Figures = sent.Figures }).Accept();

            // Sent or not: the target was not asked to commit, and will not be.
            case (Observation.Sent sent, MigrationPhase.GiveUp now) when sent.Session == now.Session:
                return Unsent(draft, migration, at, now.Outcome);

            case (Observation.SendFailed failed, MigrationPhase.GiveUp now) when failed.Session == now.Session:
                return Unsent(draft, migration, at, now.Outcome);

            case (Observation.DeadlinePassed passed, MigrationPhase.Send now) when passed.Deadline == now.Deadline:
                return migration.Plan.OnDeadline == LateMigration.StopAndCopy
                    ? draft.Add(new Event.MigrationHurried(at, Life.Number)).Accept()
                    : GiveUp(draft, migration, at, new Outcome(Ending.TimedOut, $"the guest could not be sent within {migration.Plan.Deadline?.TotalSeconds:0.###} s"));

            case (Observation.Continued, MigrationPhase.Resume resume):
                return EndMigration(draft.Add(new Event.GuestContinued(at, Life.Number)), migration, at, resume.Outcome);

            case (Observation.ContinueFailed failed, MigrationPhase.Resume resume):
                var problem = $"its guest is paused and could not be continued: {failed.Reason}; 'vmsup resume' tries again";
                if (!Problems.Contains(problem))
                    draft.Add(new Event.ProblemNoted(at, Life.Number, problem));
                return EndMigration(draft, migration, at, resume.Outcome);

            default:
                return Unexpected(observation);
        }
    }

    /// <summary>QEMU sends no more. A guest that stands still for it runs again.</summary>
    private static Decision Unsent(Draft draft, Activity.Migration migration, DateTimeOffset at, Outcome outcome)
    {
        draft.Add(new Event.MigrationFailed(at, draft.State.Current!.Number, outcome));
        return migration.WasRunning ? draft.Accept() : EndMigration(draft, migration, at, outcome);
    }

    private static Decision EndMigration(Draft draft, Activity.Migration migration, DateTimeOffset at, Outcome outcome) => draft
        .Add(new Event.MigrationEnded(at, draft.State.Current!.Number))
        .End(at, migration.Operation, outcome.Ending, outcome.Detail)
        .Accept();

    /// <summary>Whatever has not been sent is not sent any more; before QEMU sends, there is nothing to cancel.</summary>
    private static Decision GiveUp(Draft draft, Activity.Migration migration, DateTimeOffset at, Outcome outcome, bool finishIfSent = false) =>
        migration.Phase is MigrationPhase.Send
            ? draft.Add(new Event.MigrationGivenUp(at, draft.State.Current!.Number, outcome, finishIfSent)).Accept()
            : EndMigration(draft, migration, at, outcome);

    /// <summary>After a restart of the supervisor: what QEMU says of what it sends decides whether it goes on.</summary>
    private Draft Interrupted(Draft draft, DateTimeOffset at) =>
        Activity is Activity.Migration { Phase: MigrationPhase.Send }
            ? draft.Add(new Event.MigrationGivenUp(
                at, Life.Number, new Outcome(Ending.Failed, "the supervisor was restarted while the guest was being sent; it stays here"), FinishIfSent: true))
            : draft;
}
