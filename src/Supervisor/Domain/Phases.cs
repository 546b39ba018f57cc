using VmSupervisor.Contracts;

namespace VmSupervisor.Domain;

/// <summary>How far a start has come.</summary>
internal enum StartPhase
{
    /// <summary>The pre-start hooks run; nothing is acquired yet.</summary>
    PreStart,

    /// <summary>Steps are acquired, QEMU is spawned and greets.</summary>
    BringUp,

    /// <summary>QEMU is told where to listen for the guest.</summary>
    Listen,

    /// <summary>The guest is being received.</summary>
    Receive,

    /// <summary>All was received; the source's request to finish is waited for.</summary>
    Received,

    /// <summary>It was committed before a restart of the supervisor: a person may have decided otherwise at the source.</summary>
    Confirm,

    /// <summary>The process is journaled, and its CPUs are let loose.</summary>
    Continue,

    /// <summary>The post-start hooks run.</summary>
    PostStart,
}

/// <summary>Who ends a life, and how much patience there is.</summary>
internal enum StopMode
{
    /// <summary>It ends by itself: the guest powered off, the process died, the start failed.</summary>
    End,

    /// <summary>The guest is asked to power off.</summary>
    Ask,

    /// <summary>Now.</summary>
    Force,
}

/// <summary>What is to follow when the life has ended.</summary>
internal enum StopNext
{
    /// <summary>Nothing: the VM rests.</summary>
    Rest,

    /// <summary>The next life begins.</summary>
    StartAgain,

    /// <summary>The VM is forgotten.</summary>
    Undefine,

    /// <summary>The next life begins paused, for a backup.</summary>
    Backup,
}

/// <summary>
/// How far the end of a life has come. Deadlines are absolute, so that they survive the supervisor.
/// </summary>
internal abstract record StopPhase
{
    /// <summary>Hooks of the start still run, and are ended.</summary>
    public sealed record EndHook(HookPhase Hook) : StopPhase;

    /// <summary>The pre-stop hooks run.</summary>
    /// <param name="Limit">How long they were given.</param>
    /// <param name="Operation">The operation that asked for the stop.</param>
    /// <param name="Deadline">When they are ended sooner, because a forced stop came meanwhile.</param>
    public sealed record PreStop(TimeSpan Limit, OperationId? Operation, DateTimeOffset? Deadline) : StopPhase;

    /// <summary>The power button has been pressed.</summary>
    /// <param name="Deadline">When patience ends.</param>
    /// <param name="Press">Which press of the button; another shutdown presses it again.</param>
    public sealed record AskGuest(DateTimeOffset Deadline, int Press) : StopPhase;

    /// <summary><c>quit</c> was sent.</summary>
    /// <param name="Deadline">When it has taken too long.</param>
    /// <param name="Forced">Whether SIGKILL follows at once, without SIGTERM before it.</param>
    public sealed record Quit(DateTimeOffset Deadline, bool Forced) : StopPhase;

    /// <summary>SIGTERM was sent.</summary>
    public sealed record Terminate(DateTimeOffset Deadline) : StopPhase;

    /// <summary>SIGKILL was sent. Only the exit leads on from here, however long it takes.</summary>
    /// <param name="Deadline">When a person is told that it does not die; null when that was done.</param>
    public sealed record Kill(DateTimeOffset? Deadline) : StopPhase;

    /// <summary>It was seen dying, and its exit is waited for.</summary>
    public sealed record AwaitExit(DateTimeOffset Deadline) : StopPhase;

    /// <summary>What may have been spawned and was never recorded is found and killed.</summary>
    public sealed record Extinguish : StopPhase;

    /// <summary>What was acquired is given back.</summary>
    /// <param name="Steps">What is still to be released, in the order of release.</param>
    /// <param name="Attempt">The pass, from 0; later ones begin after a backoff.</param>
    public sealed record Clean(ValueList<Step> Steps, int Attempt) : StopPhase;

    /// <summary>The post-stop hooks run.</summary>
    /// <param name="Operation">The operation that asked for the stop; null when nobody did.</param>
    public sealed record PostStop(OperationId? Operation) : StopPhase;
}
