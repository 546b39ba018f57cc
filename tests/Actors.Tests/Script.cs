using VmSupervisor.Actors.Supervision;

namespace VmSupervisor.Actors.Tests;

/// <summary>An actor whose behaviour a test writes as one function of message and context, and whose lifecycle it can follow.</summary>
internal sealed class Script(
    Action<object, IActorContext>? receive = null, Action<string>? lifecycle = null,
    Action<IActorContext>? start = null, bool keepChildren = false)
    : Actor
{
    public static Props Of(
        Action<object, IActorContext>? receive = null, Action<string>? lifecycle = null,
        Action<IActorContext>? start = null, SupervisorStrategy? strategy = null, bool keepChildren = false)
    {
        var props = Props.Create(() => new Script(receive, lifecycle, start, keepChildren));
        return strategy is null ? props : props.WithSupervisorStrategy(strategy);
    }

    protected override void PreStart()
    {
        lifecycle?.Invoke("PreStart");
        start?.Invoke(Context);
    }

    protected override void PostStop() => lifecycle?.Invoke("PostStop");

    protected override void PreRestart(Exception cause, object? message)
    {
        lifecycle?.Invoke($"PreRestart({cause.Message},{message})");
        if (!keepChildren)
        {
            base.PreRestart(cause, message);
        }
    }

    protected override void PostRestart(Exception cause)
    {
        lifecycle?.Invoke("PostRestart");
        base.PostRestart(cause);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Throw t:
                throw new InvalidOperationException(t.Text);
            case Do d:
                d.Action(Context);
                break;
            default:
                if (receive is null)
                {
                    Unhandled(message);
                }
                else
                {
                    receive(message, Context);
                }

                break;
        }
    }
}

/// <summary>Makes a <see cref="Script"/> fail.</summary>
internal sealed record Throw(string Text)
{
    public override string ToString() => $"Throw {Text}";
}

/// <summary>Has a <see cref="Script"/> do something within its turn.</summary>
internal sealed record Do(Action<IActorContext> Action);
