using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Model.Engine;
using VmSupervisor.Model.Worlds;

namespace VmSupervisor.Model.Laws;

/// <summary>
/// News of every kind about the life before, in every state: it changes nothing. The world carries only some of it that long
/// (one at a time, of effects that were given up); here all of it is asked.
/// </summary>
internal sealed class LateNews(Rules rules, Coverage coverage)
{
    private static readonly OperationId Operation = OperationId.Parse("op-late");
    private static readonly ProcessIdentity Process = new("boot", 1, 1);
    private static readonly HookOutcome Hook = new(HookStatus.Succeeded, "", "");

    private static readonly MigrationSession Session = new(Operation, "a", "b", new(90), new(91));

    /// <summary>One of each kind.</summary>
    public static IReadOnlyList<Observation> Kinds { get; } =
    [
        new Observation.HookEnded(default, HookPhase.PreStart, Hook),
        new Observation.Launched(default, Process, ""),
        new Observation.BringUpFailed(default, ""),
        new Observation.Continued(default),
        new Observation.ContinueFailed(default, ""),
        new Observation.GuestChanged(default, GuestState.Shutdown, ""),
        new Observation.GuestReset(default, true),
        new Observation.MonitorClosed(default, ""),
        new Observation.ProcessExited(default, ProcessExit.Unknowable),
        new Observation.Extinguished(default, ProcessExit.Unknowable),
        new Observation.Looked(default, Operation, new Sight.Dying()),
        new Observation.RequestAnswered(default, Operation, null),
        new Observation.PowerDownFailed(default, ""),
        new Observation.BackupBegan(default, Operation, false),
        new Observation.BackupEnded(default, Operation, 1, null),
        new Observation.BackupUndone(default, Operation, null),
        new Observation.MemorySaved(default, Operation, 1),
        new Observation.SaveFailed(default, Operation, ""),
        new Observation.SaveUndone(default, Operation, null),
        new Observation.ReleasePassed(default, []),
        new Observation.DeadlinePassed(default, default),
        new Observation.Trouble(default, ""),
        new Observation.Recovered(default, new Finding.Gone(false)),
        new Observation.TargetChecked(default, Operation, default),
        new Observation.TargetRefused(default, Operation, ""),
        new Observation.TargetPrepared(default, Session, ""),
        new Observation.PrepareFailed(default, Session, ""),
        new Observation.Sent(default, Session),
        new Observation.SendFailed(default, Session, ""),
        new Observation.VerdictTold(default, Session, Verdict.Running, ""),
        new Observation.FarewellTaken(default, Session),
        new Observation.Listening(default, ""),
        new Observation.Received(default),
        new Observation.ReceiveFailed(default, ""),
        new Observation.PeerLost(default, ""),
        new Observation.SourceAnswered(default, true),
    ];

    public Violation? Judge(World world)
    {
        var state = world.State;
        for (var n = state.Current is null ? state.Last.Value : state.Last.Value - 1; n > 0 && n >= state.Last.Value - 1; n--)
        {
            foreach (var kind in Kinds)
            {
                var input = new Input.Seen(kind with { Incarnation = new(n) }, world.Now);
                var decision = rules.Decide(state, input);
                coverage.Saw(state, input, decision);
                if (decision is not Decision.Ignored)
                    return new Violation(Law.LateNews, $"{kind.GetType().Name} of incarnation {n} changes {state.GetType().Name} {state.Last}");
            }
        }

        return null;
    }
}
