namespace VmSupervisor.Actors.Kernel;

/// <summary>Start, restart and stop.</summary>
internal sealed partial class ActorCell
{
    private Exception? _stopCause;
    private Exception? _restartCause;
    private TimeSpan _restartDelay;
    private ITimer? _backoff;
    private object? _failedMessage;

    public void StopSelf(Exception? cause) => _self.SendSystem(new SystemMessage.Terminate(cause));

    private void Create()
    {
        try
        {
            _actor = NewActor();
            _actor.Start();
        }
        catch (Exception e)
        {
            EndLife();
            _actor = null;
            throw new ActorInitializationException($"{_self.Path}: {_props.ActorType.Name} could not be started: {e.Message}", e);
        }
    }

    private Actor NewActor()
    {
        var actor = _props.Factory();
        actor.Attach(this);
        return actor;
    }

    private void BeginRestart(Exception cause, TimeSpan delay)
    {
        if (_state == CellState.Restarting)
        {
            // Its parent restarted meanwhile. This restart is under way already, but the suspension that came with
            // the parent's failure must be taken back.
            Unsuspend();
            return;
        }

        if (_state != CellState.Alive)
        {
            return;
        }

        _state = CellState.Restarting;
        _restartCause = cause;
        _restartDelay = delay;
        if (_actor is null)
        {
            StopChildren();
        }
        else
        {
            Guarded("PreRestart", () => _actor.BeforeRestart(cause, _failedMessage));
        }

        _actor = null;
        EndLife();
        ContinueRestart();
    }

    /// <summary>The children that the old life stopped must be gone, so that the new one may use their names.</summary>
    private void ContinueRestart()
    {
        if (_children is { AnyStopping: true })
        {
            return;
        }

        if (_restartDelay > TimeSpan.Zero)
        {
            var elapsed = new SystemMessage.BackoffElapsed(_life);
            _backoff = System.Time.CreateTimer(_ => _self.SendSystem(elapsed), null, _restartDelay, Timeout.InfiniteTimeSpan);
            _restartDelay = TimeSpan.Zero;
        }
        else if (_backoff is null)
        {
            FinishRestart();
        }
    }

    private void BackoffElapsed()
    {
        if (_state == CellState.Restarting)
        {
            EndBackoff();
            ContinueRestart();
        }
    }

    private void FinishRestart()
    {
        var cause = _restartCause!;
        var survivors = _children?.All() ?? [];
        _state = CellState.Alive;
        _restartCause = null;
        _failedMessage = null;
        _failure = null;
        _suspended = Math.Max(0, _suspended - 1);
        try
        {
            _actor = NewActor();
            _actor.Restart(cause);
        }
        catch (Exception e)
        {
            EndLife();
            _actor = null;
            Fail(
                new ActorInitializationException($"{_self.Path}: {_props.ActorType.Name} could not be restarted: {e.Message}", e),
                message: null,
                notSuspended: survivors);
            return;
        }

        foreach (var child in survivors)
        {
            child.SendSystem(new SystemMessage.Recreate(cause, TimeSpan.Zero));
        }
    }

    private void BeginStop(Exception? cause)
    {
        if (_state is CellState.Terminating)
        {
            return;
        }

        _state = CellState.Terminating;
        _stopCause = cause;
        EndBackoff();
        CancelEffects();
        _timers?.CancelAll();
        StopReceiveTimeout();
        _children?.Close();
        StopChildren();
        ContinueStop();
    }

    private void ContinueStop()
    {
        if (_children is not null && _children.All().Length > 0)
        {
            return;
        }

        if (_actor is { } actor)
        {
            Guarded("PostStop", actor.AfterStop);
        }

        ReturnStash();
        EndLife();
        _actor = null;
        _state = CellState.Terminated;
        while (_front is { Count: > 0 } front)
        {
            DeadLetter(front.First!.Value);
            front.RemoveFirst();
        }

        _front = null;
        DrainToDeadLetters();
        NotifyOfDeath();
    }

    /// <summary>What belongs to one life of the actor ends here; the mailbox, the path and the watches go on.</summary>
    private void EndLife()
    {
        _life++;
        _gate?.Abandon();
        _gate = null;
        _timers?.CancelAll();
        StopReceiveTimeout();
        CancelEffects();
        ReturnStash();
    }

    private void EndBackoff()
    {
        _backoff?.Dispose();
        _backoff = null;
    }

    private void Guarded(string hook, Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            LogHookFailed(Log, _self.Path, hook, e);
        }
    }
}
