namespace VmSupervisor.Actors.Kernel;

/// <summary>What the kernel's parts tell each other; handled before user messages, also by a suspended actor.</summary>
internal abstract class SystemMessage
{
    /// <summary>The link of the mailbox's list; so a message is put into one mailbox, once.</summary>
    public SystemMessage? Next;

    public sealed class Create : SystemMessage;

    public sealed class Suspend : SystemMessage;

    public sealed class Resume : SystemMessage;

    /// <summary>End this life; begin the next one after a delay.</summary>
    public sealed class Recreate(Exception cause, TimeSpan delay) : SystemMessage
    {
        public Exception Cause { get; } = cause;

        public TimeSpan Delay { get; } = delay;
    }

    public sealed class BackoffElapsed(long life) : SystemMessage
    {
        public long Life { get; } = life;
    }

    public sealed class Terminate(Exception? cause) : SystemMessage
    {
        public Exception? Cause { get; } = cause;
    }

    /// <summary>A child failed and waits for the decision.</summary>
    public sealed class Failed(ActorCell child, Exception cause) : SystemMessage
    {
        public ActorCell Child { get; } = child;

        public Exception Cause { get; } = cause;
    }

    public sealed class Watch(IInternalActorRef watcher) : SystemMessage
    {
        public IInternalActorRef Watcher { get; } = watcher;
    }

    public sealed class Unwatch(IInternalActorRef watcher) : SystemMessage
    {
        public IInternalActorRef Watcher { get; } = watcher;
    }

    /// <summary>A watched actor or a child is gone.</summary>
    public sealed class DeathNotice(IInternalActorRef actor, Exception? cause) : SystemMessage
    {
        public IInternalActorRef Actor { get; } = actor;

        public Exception? Cause { get; } = cause;
    }

    /// <summary>What a gate waited for has come.</summary>
    public sealed class GateReady(Gate gate) : SystemMessage
    {
        public Gate Gate { get; } = gate;
    }
}
