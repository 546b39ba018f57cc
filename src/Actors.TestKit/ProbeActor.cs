using System.Threading.Channels;

namespace VmSupervisor.Actors.TestKit;

internal sealed class ProbeActor(ChannelWriter<(object Message, IActorRef? Sender)> inbox) : Actor
{
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Watch watch:
                Context.Watch(watch.Actor);
                break;
            case Unwatch unwatch:
                Context.Unwatch(unwatch.Actor);
                break;
            default:
                var sender = ReferenceEquals(Sender, Context.System.DeadLetters) ? null : Sender;
                inbox.TryWrite((message, sender));
                break;
        }
    }

    internal sealed record Watch(IActorRef Actor);

    internal sealed record Unwatch(IActorRef Actor);
}
