using VmSupervisor.Actors.Supervision;

namespace VmSupervisor.Actors.Kernel;

/// <summary>Failures: this actor's own go to the parent, the children's are decided here.</summary>
internal sealed partial class ActorCell
{
    private Exception? _failure;

    private void Fail(Exception cause, object? message, ReadOnlySpan<LocalActorRef> notSuspended = default)
    {
        if (_state is not CellState.Alive)
        {
            LogFailedWhileEnding(Log, _self.Path, cause);
            return;
        }

        if (_failure is not null)
        {
            // It waits for a decision already, and that one will cover this failure, too.
            LogFailedWhileEnding(Log, _self.Path, cause);
            return;
        }

        _failure = cause;
        _failedMessage = message;
        _suspended++;
        SuspendChildren(notSuspended);
        if (_parent is null)
        {
            StopSelf(cause);
        }
        else
        {
            _parent.Self.SendSystem(new SystemMessage.Failed(this, cause));
        }
    }

    private void ResumeAfterFailure()
    {
        if (_state == CellState.Alive && _failure is not null && _actor is not { CanResume: true })
        {
            // There is no state to go on with.
            BeginRestart(_failure, TimeSpan.Zero);
            return;
        }

        _failure = null;
        _failedMessage = null;
        Unsuspend();
    }

    private void Unsuspend()
    {
        _suspended = Math.Max(0, _suspended - 1);
        foreach (var child in _children?.All() ?? [])
        {
            child.SendSystem(new SystemMessage.Resume());
        }
    }

    private void HandleChildFailure(LocalActorRef child, Exception cause)
    {
        if (_children?.Contains(child) != true || _state is CellState.Terminating)
        {
            return;
        }

        var strategy = _props.SupervisorStrategy ?? _actor?.StrategyForChildren ?? SupervisorStrategy.Default;
        var directive = Decide(strategy, ref cause);
        LogChildFailed(Log, child.Path, directive, cause);
        switch (directive)
        {
            case Directive.Resume:
                child.SendSystem(new SystemMessage.Resume());
                break;
            case Directive.Restart:
                RestartWithinLimit(child, strategy.Rule, cause);
                break;
            case Directive.Escalate when _failure is null && _state == CellState.Alive:
                Fail(cause, message: null, notSuspended: [child]);
                break;
            default:
                // Also an escalation while this actor is down itself: nobody is left to decide.
                StopChild(child, cause);
                break;
        }
    }

    private Directive Decide(SupervisorStrategy strategy, ref Exception cause)
    {
        try
        {
            return strategy.Decide(cause);
        }
        catch (Exception e)
        {
            LogDeciderFailed(Log, _self.Path, e);
            cause = e;
            return Directive.Escalate;
        }
    }

    private void RestartWithinLimit(LocalActorRef child, SupervisorStrategy.RestartRule rule, Exception cause)
    {
        if (_children!.HistoryOf(child).Next(rule, System.Time, System.NextRandom) is { } delay)
        {
            child.SendSystem(new SystemMessage.Recreate(cause, delay));
        }
        else
        {
            LogRestartsUsedUp(Log, child.Path, cause);
            StopChild(child, cause);
        }
    }

    private void SuspendChildren(ReadOnlySpan<LocalActorRef> except)
    {
        foreach (var child in _children?.All() ?? [])
        {
            if (!except.Contains(child))
            {
                child.SendSystem(new SystemMessage.Suspend());
            }
        }
    }
}
