namespace VmSupervisor.Actors.Kernel;

internal sealed class LocalActorRef(ActorPath path, ActorCell cell) : IInternalActorRef
{
    public ActorPath Path { get; } = path;

    public ActorSystem System => cell.System;

    public ActorCell Cell => cell;

    public void Tell(object message, IActorRef? sender = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        cell.Mailbox.Post(message, sender);
    }

    public void SendSystem(SystemMessage message) => cell.Mailbox.PostSystem(message);

    public override string ToString() => Path.ToStringWithUid();
}
