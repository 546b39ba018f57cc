using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Model.Worlds;

namespace VmSupervisor.Model.Mutants;

internal sealed class CleanupNotKeyedByIncarnation : Rules
{
    public override string Name => "cleanup not keyed by incarnation";

    public override Decision Decide(VmState state, Input input) =>
        base.Decide(state, input is Input.Seen seen && state.Current is { } life ? seen with { Observation = seen.Observation with { Incarnation = life.Number } } : input);
}

internal sealed class HookOnBothRoads : Rules
{
    public override string Name => "hook run on both roads";

    public override bool HooksAreClaimed => false;

    /// <summary>The end of the process runs post-stop, and so does the stop.</summary>
    public override IEnumerable<Effect> Wanted(VmState state) => state is Stopping { Phase: StopPhase.Clean, KeptOnly: false } stopping && stopping.Life.OwesPostStop
        ? base.Wanted(state).Append(new Effect.RunHooks(stopping.Life.Number, HookPhase.PostStop, TimeSpan.FromSeconds(1), stopping.Cause, null))
        : base.Wanted(state);
}

internal sealed class StartDoesNotLook : Rules
{
    public override string Name => "start that does not look at the process";

    public override Decision Decide(VmState state, Input input) => (state, input) is (Running running, Input.Asked { Wish: Wish.Start } asked)
        ? new Decision.Accepted([new Event.OperationEnded(asked.At, running.Last, asked.Operation, Ending.Succeeded, "already running")])
        : base.Decide(state, input);
}

internal sealed class ExitBelievedFromEof : Rules
{
    public override string Name => "exit believed from monitor EOF";

    public override Decision Decide(VmState state, Input input) =>
        base.Decide(state, input is Input.Seen { Observation: Observation.MonitorClosed closed } seen
            ? seen with { Observation = new Observation.ProcessExited(closed.Incarnation, ProcessExit.Unknowable) }
            : input);
}

internal sealed class KeepActiveForgotten : Rules
{
    public override string Name => "keepActive forgotten";

    public override VmState Evolve(VmState state, Event e) => base.Evolve(state, e is Event.StopAccepted stop ? stop with { KeepActive = false } : e);
}

internal sealed class KeepActiveUnknownToExit : Rules
{
    public override string Name => "keepActive unknown to whoever reports the exit";

    public override VmState Evolve(VmState state, Event e) => base.Evolve(state, e) is var after && e is Event.ProcessExited && after is Stopping stopping
        ? stopping with { KeepActive = false }
        : after;
}

internal sealed class FailedLaunchNotOwned : Rules
{
    public override string Name => "failed launch not owned";

    public override VmState Evolve(VmState state, Event e) =>
        base.Evolve(state is Starting { Phase: StartPhase.BringUp } starting && e is Event.EndBegan
            ? starting with { Life = starting.Life with { Exit = ProcessExit.Unknowable } }
            : state, e);
}

internal sealed class OperationLost : Rules
{
    public override string Name => "waiting start lost when the life ends";

    public override VmState Evolve(VmState state, Event e) => base.Evolve(state, e) is var after && e is Event.EndBegan && after is Stopping stopping
        ? stopping with { NextStarts = [] }
        : after;
}

internal sealed class PatienceForEver : Rules
{
    public override string Name => "no deadline behind quit";

    public override IEnumerable<Effect> Wanted(VmState state) => base.Wanted(state).Where(e => e is not Effect.WaitUntil);
}

internal sealed class FirstPassIsEnough : Rules
{
    public override string Name => "cleanup that does not look whether it worked";

    public override Decision Decide(VmState state, Input input) =>
        base.Decide(state, input is Input.Seen { Observation: Observation.ReleasePassed passed } seen ? seen with { Observation = passed with { Failures = [] } } : input);
}

internal sealed class SilenceIsDeath : Rules
{
    public override string Name => "a monitor that does not answer taken for a dead process";

    public override Decision Decide(VmState state, Input input) =>
        base.Decide(state, input is Input.Seen { Observation: Observation.Recovered { Finding: Finding.Alive { Guest: null } } recovered } seen
            ? seen with { Observation = recovered with { Finding = new Finding.Gone(false) } }
            : input);
}

internal sealed class PostStopForgottenByFailedStart : Rules
{
    public override string Name => "post-stop forgotten when a start fails";

    public override VmState Evolve(VmState state, Event e) => base.Evolve(state, e) is var after && e is Event.EndBegan && state is Starting && after is Stopping stopping
        ? stopping with { Life = stopping.Life with { HooksEnded = stopping.Life.HooksEnded.Add(HookPhase.PostStop) } }
        : after;
}
