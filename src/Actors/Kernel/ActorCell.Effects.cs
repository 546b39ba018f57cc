namespace VmSupervisor.Actors.Kernel;

/// <summary>Work outside of the actor, and the gate that holds its mailbox.</summary>
internal sealed partial class ActorCell
{
    private List<Effect>? _effects;
    private Gate? _gate;

    public IEffect PipeToSelf<T>(
        Func<CancellationToken, Task<T>> work, Func<T, object> success, Func<Exception, object> failure)
    {
        var effect = new Effect<T>(this, work, success, failure);
        (_effects ??= []).Add(effect);
        effect.Start();
        return effect;
    }

    /// <summary>Whether the effect was begun by this life and had not ended.</summary>
    public bool EndEffect(Effect effect) => effect.Life == _life && _effects?.Remove(effect) == true;

    /// <summary>Holds all user messages until the gate's outcome has come and been handled.</summary>
    public void CloseGate(Gate gate)
    {
        _gate = gate;
        gate.Start();
    }

    public void OpenGate() => _gate = null;

    public object? CurrentMessage => _current.Message;

    public IActorRef? CurrentSender => _current.Sender;

    private void CancelEffects()
    {
        foreach (var effect in _effects ?? [])
        {
            effect.Cancel();
        }

        _effects = null;
    }
}
