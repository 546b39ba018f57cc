using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;

namespace VmSupervisor.Supervisor.Tests.Domain;

/// <summary>Every reachable kind of state answers every kind of input, and every event it decides fits.</summary>
public sealed class TotalityTests
{
    private static readonly VmDefinition Definition = new() { Id = new VmId(104), Name = "web-1", Memory = 1 << 20, Hooks = ["/hook"], Disks = [new DiskDefinition { Path = "/a" }] };

    [Fact]
    public void Every_kind_of_wish_and_observation_is_tried_here()
    {
        Assert.Equal(Nested<Wish>(), AllWishes().Append(new Wish.Cancel(default)).Select(w => w.GetType().Name).Distinct().Order());
        Assert.Equal(Nested<Observation>(), AllObservations(new Incarnation(1), default).Concat(OfSession(new Incarnation(1), Session)).Select(o => o.GetType().Name).Distinct().Order());
    }

    /// <summary>
    /// A walk over everything that two inputs after each state of a full life can lead to: no input throws, no decided
    /// event is misplaced, and an observation about another life changes nothing.
    /// </summary>
    [Fact]
    public void Every_state_answers_every_input()
    {
        var seen = new HashSet<string>();
        var frontier = new Queue<(VmState State, int Depth)>();
        frontier.Enqueue((Undefined.Never, 0));
        var limits = new Limits();
        var at = DateTimeOffset.UnixEpoch;
        var states = new HashSet<Type>();
        while (frontier.TryDequeue(out var next))
        {
            states.Add(next.State.GetType());
            foreach (var input in Inputs(next.State, at))
            {
                var decision = next.State.Decide(input, limits);
                if (input is Input.Seen late && late.Observation.Incarnation != next.State.Last)
                    Assert.IsType<Decision.Ignored>(decision);
                if (decision is not Decision.Accepted accepted)
                    continue;
                Assert.NotEmpty(accepted.Events);
                var after = accepted.Events.Aggregate(next.State, Evolution.Evolve);
                _ = Outstanding.Of(after, limits).ToArray();
                if (next.Depth < 14 && after.Last.Value <= 2 && after.Operations.Count() <= 2 && seen.Add(Signature(after)))
                    frontier.Enqueue((after, next.Depth + 1));
            }
        }

        Assert.Equal([typeof(CleanedUp), typeof(Running), typeof(Starting), typeof(Stopping), typeof(Undefined)], states.OrderBy(s => s.Name));
        Assert.InRange(seen.Count, 200, int.MaxValue);
    }

    private static IEnumerable<Input> Inputs(VmState state, DateTimeOffset at)
    {
        // An id that is free: the actor answers a repeated one before it decides.
        var id = OperationId.Parse($"op-{Enumerable.Range(1, 9).First(i => state.Operations.All(o => o.Id.Value != $"op-{i}"))}");
        foreach (var wish in AllWishes().Concat(state.Operations.Select(o => o.Id).Append(id).Select(target => new Wish.Cancel(target))))
            yield return new Input.Asked(new Operation(id, "asked", "tester", at, ""), wish, at);
        var operations = state.Operations.Select(o => o.Id).DefaultIfEmpty(id);
        foreach (var operation in operations)
        {
            foreach (var observation in AllObservations(state.Last, operation))
                yield return new Input.Seen(observation, at);
        }

        foreach (var session in SessionsOf(state))
        {
            foreach (PeerNote note in (PeerNote[])[new PeerNote.Finish(session), new PeerNote.Ask(session), new PeerNote.Abort(session), new PeerNote.Acknowledge(session)])
                yield return new Input.Told(note, at);
            foreach (var observation in OfSession(state.Last, session))
                yield return new Input.Seen(observation, at);
        }

        foreach (var wait in Outstanding.Of(state, new Limits()).OfType<Effect.WaitUntil>())
            yield return new Input.Seen(new Observation.DeadlinePassed(state.Last, wait.Deadline), at);
        foreach (var observation in AllObservations(new Incarnation(state.Last.Value + 7), id))
            yield return new Input.Seen(observation, at);
    }

    private static IEnumerable<Wish> AllWishes() =>
    [
        new Wish.Define(Definition),
        new Wish.Define(Definition with { Hooks = [] }),
        new Wish.Define(Definition with { Restart = RestartPolicy.Always, OnPanic = PanicPolicy.Restart }),
        new Wish.Undefine(),
        new Wish.Undefine(Force: true),
        new Wish.Start(false),
        new Wish.Start(true),
        new Wish.Stop(false),
        new Wish.Stop(true),
        new Wish.Shutdown(null, null, false),
        new Wish.Shutdown(null, TimeSpan.FromSeconds(1), false),
        new Wish.Reboot(null, null),
        new Wish.Reboot(null, TimeSpan.FromSeconds(1)),
        new Wish.Backup(BackupMode.Stop, "/b", DiskFormat.Raw, null),
        new Wish.Backup(BackupMode.Suspend, "/b", DiskFormat.Qcow2, 1000),
        new Wish.Hibernate(),
        new Wish.Start(false, Fresh: true),
        new Wish.Guest(GuestRequest.Pause),
        new Wish.Guest(GuestRequest.Reset),
        new Wish.Migrate(new("a", "b", null, null, TimeSpan.FromMinutes(1), LateMigration.StopAndCopy, false, 0)),
        new Wish.Receive(Session, Definition, Plan, true),
        new Wish.LoseTarget(),
        new Wish.LoseSource(),
    ];

    private static readonly MigrationPlan Plan = new("a", "b", null, null, null, LateMigration.Abort, AutoConverge: false, Channels: 0);

    private static readonly MigrationSession Session = new(OperationId.Parse("session"), "a", "b", new Incarnation(1), new Incarnation(2));

    private static MigrationSession[] SessionsOf(VmState state) =>
        [Session, .. new[] { (state as Running)?.Activity is Activity.Migration sent ? sent.Session : null, state.Moves.Handover?.Session, state.Current?.Incoming?.Session }.OfType<MigrationSession>().Distinct()];

    private static IEnumerable<Observation> AllObservations(Incarnation n, OperationId operation)
    {
        foreach (var phase in Enum.GetValues<HookPhase>())
        {
            foreach (var status in Enum.GetValues<HookStatus>())
                yield return new Observation.HookEnded(n, phase, new HookOutcome(status, "", ""));
        }

        yield return new Observation.Launched(n, VmDriver.Process, "");
        yield return new Observation.BringUpFailed(n, "why");
        yield return new Observation.Continued(n);
        yield return new Observation.ContinueFailed(n, "why");
        foreach (var guest in Enum.GetValues<GuestState>().Where(g => g != GuestState.Off))
        {
            yield return new Observation.GuestChanged(n, guest, "");
            yield return new Observation.Looked(n, operation, new Sight.Answers(guest));
            yield return new Observation.Recovered(n, new Finding.Alive(VmDriver.Process, guest));
        }

        yield return new Observation.GuestReset(n, true);
        yield return new Observation.MonitorClosed(n, "EOF");
        yield return new Observation.ProcessExited(n, ProcessExit.Unknowable);
        yield return new Observation.Extinguished(n, ProcessExit.Unknowable);
        yield return new Observation.Looked(n, operation, new Sight.Dying());
        yield return new Observation.Looked(n, operation, new Sight.Unresponsive());
        yield return new Observation.RequestAnswered(n, operation, null);
        yield return new Observation.RequestAnswered(n, operation, "why");
        yield return new Observation.BackupBegan(n, operation, Frozen: true);
        yield return new Observation.BackupEnded(n, operation, 1, null);
        yield return new Observation.BackupEnded(n, operation, 0, "why");
        yield return new Observation.BackupUndone(n, operation, null);
        yield return new Observation.BackupUndone(n, operation, "why");
        yield return new Observation.MemorySaved(n, operation, 1);
        yield return new Observation.SaveFailed(n, operation, "why");
        yield return new Observation.SaveUndone(n, operation, null);
        yield return new Observation.SaveUndone(n, operation, "why");
        yield return new Observation.PowerDownFailed(n, "why");
        yield return new Observation.TargetChecked(n, operation, n);
        yield return new Observation.TargetRefused(n, operation, "why");
        yield return new Observation.Listening(n, "unix:/in");
        yield return new Observation.Received(n);
        yield return new Observation.ReceiveFailed(n, "why");
        yield return new Observation.PeerLost(n, "silence");
        yield return new Observation.SourceAnswered(n, true);
        yield return new Observation.SourceAnswered(n, false);
        yield return new Observation.ReleasePassed(n, []);
        yield return new Observation.ReleasePassed(n, [new StepFailure("run-directory", "busy")]);
        yield return new Observation.DeadlinePassed(n, DateTimeOffset.MaxValue);
        yield return new Observation.Trouble(n, "trouble");
        yield return new Observation.Recovered(n, new Finding.Gone(false));
        yield return new Observation.Recovered(n, new Finding.Gone(true));
        yield return new Observation.Recovered(n, new Finding.Ambiguous("trouble"));
    }

    private static IEnumerable<Observation> OfSession(Incarnation n, MigrationSession session)
    {
        yield return new Observation.TargetPrepared(n, session, "unix:/in");
        yield return new Observation.PrepareFailed(n, session, "why");
        yield return new Observation.Sent(n, session);
        yield return new Observation.SendFailed(n, session, "why");
        yield return new Observation.FarewellTaken(n, session);
        foreach (var verdict in Enum.GetValues<Verdict>())
            yield return new Observation.VerdictTold(n, session, verdict, "");
    }

    private static IEnumerable<string> Nested<T>() =>
        typeof(T).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(T))).Select(t => t.Name).Order();

    /// <summary>States that differ only in attempts and texts need not be walked twice.</summary>
    private static string Signature(VmState state) => state switch
    {
        Known known => $"{known.GetType().Name} {known.Last} {(known as Stopping)?.Phase.GetType().Name} {(known as Starting)?.Phase} "
            + $"{(known as Stopping)?.Mode} {(known as Stopping)?.KeepActive} {known.Current?.Hook} {known.Current?.Guest} {known.Current?.Up} "
            + $"{known.Current?.Dying} {known.Current?.Exit} {known.Current?.HooksEnded.Count} {known.Current?.Released} {known.Operations.Count()} "
            + $"{(known as Running)?.Looks.Count} {(known as Stopping)?.NextStarts.Count} {(known as CleanedUp)?.Kept.Count} {known.Definition.Hooks.Count} "
            + $"{(known as Stopping)?.Reboots.Count} {(known as Stopping)?.NextUndefine is null} {(known as CleanedUp)?.Pending is null} {known.Restarts.Count > 0} {(known as Running)?.Activity?.GetType().Name} "
            + $"{((known as Running)?.Activity as Activity.Backup)?.Phase} {((known as Running)?.Activity as Activity.Migration)?.Phase.GetType().Name} {known.Moves.Handover is null} {known.Moves.Home} {known.Moves.Verdicts.Count} {known.Moves.Farewells.Count > 0} {known.Current?.Incoming?.Committed} {known.Current?.Incoming?.Returns} {((known as Running)?.Activity as Activity.Hibernation)?.Undo is null} {known.Current?.Remembers is null} "
            + $"{(known as CleanedUp)?.Saved is null} {(known as Stopping)?.NextBackup is null} {(known as Starting)?.Backup is null} {known.Definition.Restart}",
        _ => $"{state.GetType().Name} {state.Last}",
    };
}
