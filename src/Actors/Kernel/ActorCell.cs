using Microsoft.Extensions.Logging;

namespace VmSupervisor.Actors.Kernel;

/// <summary>
/// What stands behind a reference: it outlives the actor object, which a restart replaces. Everything here but the
/// mailbox is touched only within a turn.
/// <code>
/// Alive ──Recreate──► Restarting ──children gone, backoff over──► Alive
///   │                     │
///   └────── Terminate ────┴──► Terminating ──children gone──► Terminated
/// </code>
/// </summary>
internal sealed partial class ActorCell : IActorContext
{
    private readonly Props _props;
    private readonly LocalActorRef _self;
    private readonly ActorCell? _parent;
    private Actor? _actor;
    private Envelope _current;
    private CellState _state;
    private int _suspended;
    private long _life;

    public ActorCell(ActorSystem system, Props props, ActorCell? parent, ActorPath path)
    {
        System = system;
        _props = props;
        _parent = parent;
        _self = new LocalActorRef(path, this);
        Mailbox = new Mailbox(this);
    }

    private enum CellState : byte
    {
        Alive,
        Restarting,
        Terminating,
        Terminated,
    }

    public ActorSystem System { get; }

    public Mailbox Mailbox { get; }

    public LocalActorRef Self => _self;

    /// <summary>The number of this life; what belongs to an earlier one compares unequal.</summary>
    public long Life => _life;

    IActorRef IActorContext.Self => _self;

    public IActorRef Sender => _current.Sender ?? System.DeadLetters;

    public IActorRef Parent => _parent?.Self ?? (IActorRef)System.DeadLetters;

    public IDispatcher Dispatcher => System.Dispatcher;

    private ILogger Log => System.Logger;

    public bool HasNext => _state == CellState.Terminated
        ? Mailbox.HasUserMessages
        : _suspended == 0 && (_gate is { } gate ? gate.IsReady : _front is { Count: > 0 } || Mailbox.HasUserMessages);

    public bool TryNext(out Envelope envelope)
    {
        if (_state == CellState.Terminated)
        {
            DrainToDeadLetters();
        }

        if (_suspended > 0 || _state != CellState.Alive)
        {
            envelope = default;
            return false;
        }

        if (_gate is { } gate)
        {
            envelope = new Envelope(gate, gate.Sender);
            return gate.IsReady;
        }

        if (_front is { Count: > 0 } front)
        {
            envelope = front.First!.Value;
            front.RemoveFirst();
            return true;
        }

        return Mailbox.TryDequeue(out envelope);
    }

    public void Invoke(Envelope envelope)
    {
        _current = envelope;
        _currentIsStashed = false;
        try
        {
            if (envelope.Message is IAutoReceived automatic)
            {
                automatic.Deliver(this);
            }
            else
            {
                Deliver(envelope.Message);
            }
        }
        catch (Exception e)
        {
            Fail(e, _current.Message);
        }
        finally
        {
            _current = default;
        }
    }

    /// <summary>Gives the actor a message under its own name: what was wrapped can be stashed and shows in failures as itself.</summary>
    public void Deliver(object message)
    {
        if (!ReferenceEquals(_current.Message, message))
        {
            _current = _current with { Message = message };
        }

        _actor!.Receive(message);
        if (_receiveTimeout is not null && message is not INotInfluenceReceiveTimeout)
        {
            RestartReceiveTimeout();
        }
    }

    public void HandleSystem(SystemMessage message)
    {
        try
        {
            if (_state == CellState.Terminated)
            {
                HandleAfterEnd(message);
            }
            else
            {
                HandleAlive(message);
            }
        }
        catch (Exception e)
        {
            Fail(e, message: null);
        }
    }

    public void PublishUnhandled(object message)
    {
        if (message is Terminated terminated)
        {
            throw new DeathPactException(terminated);
        }

        System.PublishUnhandled(new UnhandledMessage(message, _current.Sender, _self));
    }

    private void HandleAlive(SystemMessage message)
    {
        switch (message)
        {
            case SystemMessage.Create when _state == CellState.Alive:
                Create();
                break;
            case SystemMessage.Create:
                // Its parent stopped it before it was ever started.
                break;
            case SystemMessage.Suspend:
                _suspended++;
                SuspendChildren(except: null);
                break;
            case SystemMessage.Resume:
                ResumeAfterFailure();
                break;
            case SystemMessage.Recreate recreate:
                BeginRestart(recreate.Cause, recreate.Delay);
                break;
            case SystemMessage.BackoffElapsed elapsed:
                if (elapsed.Life == _life)
                {
                    BackoffElapsed();
                }

                break;
            case SystemMessage.Terminate terminate:
                BeginStop(terminate.Cause);
                break;
            case SystemMessage.Failed failed:
                HandleChildFailure(failed.Child.Self, failed.Cause);
                break;
            case SystemMessage.Watch watch:
                AddWatcher(watch.Watcher);
                break;
            case SystemMessage.Unwatch unwatch:
                _watchedBy?.Remove(unwatch.Watcher);
                break;
            case SystemMessage.DeathNotice notice:
                HandleDeath(notice.Actor, notice.Cause);
                break;
            case SystemMessage.GateReady ready:
                ready.Gate.IsReady = true;
                break;
            default:
                throw new InvalidOperationException($"unknown system message {message.GetType().Name}");
        }
    }

    private void HandleAfterEnd(SystemMessage message)
    {
        if (message is SystemMessage.Watch watch)
        {
            watch.Watcher.SendSystem(new SystemMessage.DeathNotice(_self, _stopCause));
        }
    }

    private void DrainToDeadLetters()
    {
        while (Mailbox.TryDequeue(out var envelope))
        {
            DeadLetter(envelope);
        }
    }

    private void DeadLetter(Envelope envelope)
    {
        // What the kernel addressed to a life that is over is nobody's loss, except the outcome of an effect.
        var message = envelope.Message is Effect.Outcome outcome ? outcome.Message : envelope.Message;
        if (message is not (IAutoReceived and not (PoisonPill or Kill)))
        {
            System.DeadLetters.Publish(new DeadLetter(message, envelope.Sender, _self));
        }
    }
}
