using VmSupervisor.Contracts;

namespace VmSupervisor.Domain;

/// <summary>The order of a stop's phases: which is next, what a deadline leads to, what hurry skips.</summary>
internal static class StopRoad
{
    /// <summary>The phase that a stop is in or enters, given all that is known; null when the life can be closed.</summary>
    public static StopPhase? Next(Stopping stopping, DateTimeOffset at, Limits limits)
    {
        var life = stopping.Life;
        switch (life.Hook)
        {
            // Hooks keep their order: those of the start end before those of the stop begin.
            case HookPhase.PreStart or HookPhase.PostStart:
                return new StopPhase.EndHook(life.Hook.Value);
            case HookPhase.PreStop or HookPhase.PostStop:
                return stopping.Phase;
            default:
                break;
        }

        if (life.MayLive)
            return NextBeforeExit(stopping, life, at, limits);
        if ((life.Acquiring || stopping.Phase is StopPhase.Clean || stopping.GivesBackUntaken) && !life.Released)
            return stopping.Phase as StopPhase.Clean ?? new StopPhase.Clean(ToRelease(stopping), 0);
        return life.OwesPostStop ? new StopPhase.PostStop(FirstStop(stopping)) : null;
    }

    /// <summary>When a phase's patience ends; null when it has no deadline.</summary>
    public static DateTimeOffset? DeadlineOf(StopPhase phase) => phase switch
    {
        StopPhase.PreStop preStop => preStop.Deadline,
        StopPhase.AskGuest ask => ask.Deadline,
        StopPhase.Quit quit => quit.Deadline,
        StopPhase.Terminate terminate => terminate.Deadline,
        StopPhase.Kill kill => kill.Deadline,
        StopPhase.AwaitExit exit => exit.Deadline,
        _ => null,
    };

    /// <summary>What follows when a deadline has passed.</summary>
    public static StopPhase Escalate(Stopping stopping, DateTimeOffset at, Limits limits) => stopping.Phase switch
    {
        StopPhase.PreStop => new StopPhase.EndHook(HookPhase.PreStop),
        StopPhase.AskGuest => new StopPhase.Quit(at + limits.ForcedQuit, Forced: true),
        StopPhase.Quit { Forced: false } => new StopPhase.Terminate(at + limits.Quit),
        _ => new StopPhase.Kill(at + limits.Exit),
    };

    /// <summary>What one more stop changes about the phase; null when nothing.</summary>
    public static StopPhase? Hurry(Stopping before, Stopping now, DateTimeOffset at, Limits limits)
    {
        if (now.Mode == StopMode.Ask)
            return before.Phase is StopPhase.AskGuest asked ? new StopPhase.AskGuest(at + now.AskFor, asked.Press + 1) : null;
        var first = before.Mode != StopMode.Force;
        return before.Phase switch
        {
            // The first forced stop gives the hooks a short while, the second skips them.
            StopPhase.PreStop preStop when first => preStop with { Deadline = at + limits.ForcedPreStop },
            StopPhase.PreStop => new StopPhase.EndHook(HookPhase.PreStop),
            StopPhase.AskGuest or StopPhase.Quit { Forced: false } => new StopPhase.Quit(at + limits.ForcedQuit, Forced: true),
            StopPhase.Terminate or StopPhase.AwaitExit => new StopPhase.Kill(at + limits.Exit),
            _ => null,
        };
    }

    /// <summary>A pass over the steps that failed, in the same order.</summary>
    public static StopPhase.Clean Again(this StopPhase.Clean clean, ValueList<StepFailure> failures) =>
        new(clean.Steps.Where(step => failures.Any(f => f.Step == step.Name)).ToValueList(), clean.Attempt + 1);

    private static StopPhase NextBeforeExit(Stopping stopping, Life life, DateTimeOffset at, Limits limits)
    {
        if (life.Process is null)
            return new StopPhase.Extinguish();
        if (stopping.Phase is StopPhase.Quit or StopPhase.Terminate or StopPhase.Kill or StopPhase.AwaitExit)
            return stopping.Phase;
        var guestIsUp = life is { Up: true, Dying: false, Guest: not (GuestState.Shutdown or GuestState.Panicked) };
        if (guestIsUp && stopping.Mode != StopMode.End && life.HasHooks && !life.HooksEnded.Contains(HookPhase.PreStop))
        {
            var limit = stopping.Mode == StopMode.Force ? limits.ForcedPreStop : limits.Hooks;
            return new StopPhase.PreStop(limit, FirstStop(stopping), null);
        }

        // A guest that never ran has nobody to hear the button.
        if (guestIsUp && stopping.Mode == StopMode.Ask && life.Guest != GuestState.Prelaunch)
            return stopping.Phase as StopPhase.AskGuest ?? new StopPhase.AskGuest(at + stopping.AskFor, 0);
        var forced = stopping.Mode == StopMode.Force;
        return life.Dying
            ? new StopPhase.AwaitExit(at + limits.Exit)
            : new StopPhase.Quit(at + (forced ? limits.ForcedQuit : limits.Quit), forced);
    }

    private static OperationId? FirstStop(Stopping stopping) => stopping.Stops is [var first, ..] ? first.Id : null;

    /// <summary>Memory that was not consumed is kept for the next life.</summary>
    private static ValueList<Step> ToRelease(Stopping stopping) => stopping.Life.Plan.Concat(stopping.Life.Leftovers).Reverse()
        .Where(step => step switch
        {
            _ when !stopping.Life.Acquiring => step is Step.Volume { TakeOver: true },
            Step.Volume => !stopping.KeepsVolumes,
            Step.SavedMemory { Discard: false } saved => saved.Of != stopping.Life.Remembers?.Of,
            _ => true,
        })
        .ToValueList();
}
