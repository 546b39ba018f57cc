namespace VmSupervisor.Actors.Kernel;

/// <summary>The stash, and the front of the mailbox to which it returns.</summary>
internal sealed partial class ActorCell : IStash
{
    private LinkedList<Envelope>? _front;
    private LinkedList<Envelope>? _stash;
    private bool _currentIsStashed;

    IStash IActorContext.Stash => this;

    int IStash.Count => _stash?.Count ?? 0;

    void IStash.Stash()
    {
        if (_current.Message is null or Gate)
        {
            throw new InvalidOperationException($"{_self.Path}: there is no message to stash");
        }

        if (_currentIsStashed)
        {
            throw new InvalidOperationException($"{_self.Path}: {_current.Message.GetType().Name} is stashed already");
        }

        (_stash ??= new()).AddLast(_current);
        _currentIsStashed = true;
    }

    void IStash.Unstash()
    {
        if (_stash?.First is { } first)
        {
            _stash.RemoveFirst();
            (_front ??= new()).AddFirst(first);
        }
    }

    void IStash.UnstashAll() => ReturnStash();

    private void ReturnStash()
    {
        while (_stash?.Last is { } last)
        {
            _stash.RemoveLast();
            (_front ??= new()).AddFirst(last);
        }
    }
}
