namespace VmSupervisor.Actors.Kernel;

/// <summary>Children, and the death of others.</summary>
internal sealed partial class ActorCell
{
    private Children? _children;
    private List<IInternalActorRef>? _watchedBy;

    /// <summary>Whom this actor watches, and whether its end has come and waits in the mailbox.</summary>
    private Dictionary<IInternalActorRef, bool>? _watching;

    IReadOnlyList<IActorRef> IActorContext.Children => _children?.All() ?? [];

    public IActorRef? Child(string name) => _children?.Find(name);

    public IActorRef ActorOf(Props props, string? name = null)
    {
        if (name is not null)
        {
            ActorPath.CheckName(name);
        }

        return AddChild(props, name);
    }

    public LocalActorRef AddChild(Props props, string? name)
    {
        var children = _children ?? OpenChildren();
        if (_state is CellState.Terminating or CellState.Terminated)
        {
            children.Close();
        }

        var child = children.Add(_self.Path, name, free =>
            new ActorCell(System, props, this, new ActorPath(_self.Path, free, System.NextUid())).Self);
        child.SendSystem(new SystemMessage.Create());
        return child;
    }

    /// <summary>The guardians have theirs from the beginning, since children come to them from any thread.</summary>
    public Children OpenChildren() => _children ??= new Children();

    /// <summary>The living actors from here down, deepest first; from any thread.</summary>
    public IEnumerable<ActorPath> LivingPaths()
    {
        foreach (var child in _children?.All() ?? [])
        {
            foreach (var path in child.Cell.LivingPaths())
            {
                yield return path;
            }
        }

        yield return _self.Path;
    }

    public void Stop(IActorRef actor, Exception? cause = null)
    {
        if (ReferenceEquals(actor, _self))
        {
            StopSelf(cause);
        }
        else if (actor is LocalActorRef local && ReferenceEquals(local.Cell._parent, this))
        {
            StopChild(local, cause);
        }
        else
        {
            throw new ArgumentException($"{_self.Path} cannot stop {actor.Path}: it is not its child", nameof(actor));
        }
    }

    public IActorRef Watch(IActorRef actor)
    {
        if (actor is not IInternalActorRef target)
        {
            throw new ArgumentException($"{_self.Path} cannot watch {actor.Path}: it is not of this process", nameof(actor));
        }

        if (ReferenceEquals(target, _self))
        {
            throw new ArgumentException($"{_self.Path} cannot watch itself", nameof(actor));
        }

        _watching ??= [];
        if (_watching.TryAdd(target, false))
        {
            target.SendSystem(new SystemMessage.Watch(_self));
        }

        return actor;
    }

    public IActorRef Unwatch(IActorRef actor)
    {
        if (actor is IInternalActorRef target && _watching?.Remove(target) == true)
        {
            target.SendSystem(new SystemMessage.Unwatch(_self));
        }

        return actor;
    }

    public void DeliverTerminated(Terminated terminated)
    {
        // Only what is still watched, and only once: an unwatch or an earlier notice has taken the entry away.
        if (terminated.Actor is IInternalActorRef actor
            && _watching?.GetValueOrDefault(actor) == true
            && _watching.Remove(actor))
        {
            Deliver(terminated);
        }
    }

    private void HandleDeath(IInternalActorRef actor, Exception? cause)
    {
        var wasChild = _children?.Remove(actor) == true;
        if (_watching is not null && _watching.TryGetValue(actor, out var queued) && !queued)
        {
            _watching[actor] = true;

            // Behind whatever the dead actor has told this one before.
            Mailbox.Post(new Terminated.Notice(new Terminated(actor, cause)), actor);
        }

        if (wasChild && _state == CellState.Terminating)
        {
            ContinueStop();
        }
        else if (wasChild && _state == CellState.Restarting)
        {
            ContinueRestart();
        }
    }

    private void AddWatcher(IInternalActorRef watcher)
    {
        _watchedBy ??= [];
        if (!_watchedBy.Contains(watcher))
        {
            _watchedBy.Add(watcher);
        }
    }

    private void StopChild(LocalActorRef child, Exception? cause)
    {
        if (_children?.Contains(child) == true)
        {
            _children.MarkStopping(child);
            child.SendSystem(new SystemMessage.Terminate(cause));
        }
    }

    private void StopChildren()
    {
        foreach (var child in _children?.All() ?? [])
        {
            StopChild(child, cause: null);
        }
    }

    private void NotifyOfDeath()
    {
        foreach (var (target, queued) in _watching ?? [])
        {
            if (!queued)
            {
                target.SendSystem(new SystemMessage.Unwatch(_self));
            }
        }

        foreach (var watcher in _watchedBy ?? [])
        {
            if (!ReferenceEquals(watcher, _parent?.Self))
            {
                watcher.SendSystem(new SystemMessage.DeathNotice(_self, _stopCause));
            }
        }

        _watching = null;
        _watchedBy = null;
        if (_parent is null)
        {
            System.RootStopped();
        }
        else
        {
            // A parent that also watches takes both from this one notice.
            _parent.Self.SendSystem(new SystemMessage.DeathNotice(_self, _stopCause));
        }
    }
}
