using VmSupervisor.Actors.Supervision;

namespace VmSupervisor.Actors.Kernel;

/// <summary>
/// The root: /user holds the actors of the system's owner, /system what serves them and is stopped after them.
/// </summary>
internal sealed class RootGuardian(Func<(IActorRef User, IActorRef System)> guardians) : Actor
{
    protected override SupervisorStrategy SupervisorStrategy => SupervisorStrategy.Stopping;

    protected override void PreStart()
    {
        Context.Watch(guardians().User);
        Context.Watch(guardians().System);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Terminated t when ReferenceEquals(t.Actor, guardians().User):
                Context.Stop(guardians().System);
                break;
            case Terminated:
                Context.Stop(Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }
}

internal sealed class Guardian : Actor
{
    protected override void OnReceive(object message) => Unhandled(message);
}
