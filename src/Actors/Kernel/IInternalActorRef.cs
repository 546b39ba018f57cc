namespace VmSupervisor.Actors.Kernel;

internal interface IInternalActorRef : IActorRef
{
    ActorSystem System { get; }

    void SendSystem(SystemMessage message);
}
