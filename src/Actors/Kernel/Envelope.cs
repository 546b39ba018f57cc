namespace VmSupervisor.Actors.Kernel;

internal readonly record struct Envelope(object Message, IActorRef? Sender);

/// <summary>A message that the cell handles itself, in its place among the user messages.</summary>
internal interface IAutoReceived
{
    void Deliver(ActorCell cell);
}
