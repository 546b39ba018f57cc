using VmSupervisor.Actors;
using VmSupervisor.Domain;
using VmSupervisor.Vms.Effects;

namespace VmSupervisor.Vms;

/// <summary>
/// The effects that were begun for a state: begins what the state wants, gives up what it does not want any more. An
/// effect that has ended stays here as long as the state wants it, so that it is begun once.
/// </summary>
internal sealed class EffectTable(EffectRunner runner, Limits limits, VmBoard board)
{
    private readonly List<Begun> _begun = [];
    private long _runs;

    public EffectRunner Runner => runner;

    public void Sync(VmState state, IActorContext context)
    {
        var wanted = Outstanding.Of(state, limits).ToArray();
        foreach (var begun in _begun.Where(b => !wanted.Contains(b.Effect)).ToArray())
        {
            _begun.Remove(begun);
            if (!begun.Ended)
                begun.Handle.Cancel();
        }

        foreach (var effect in wanted.Where(w => _begun.All(b => b.Effect != w)))
            _begun.Add(Begin(effect, state, context));
    }

    public void Ended(EffectEnded ended)
    {
        if (_begun.FirstOrDefault(b => b.Run == ended.Run) is { } begun)
            begun.Ended = true;
    }

    private Begun Begin(Effect effect, VmState state, IActorContext context)
    {
        var run = ++_runs;
        var self = context.Self;
        var handle = context.PipeToSelf<Observation?>(
            token => runner.RunAsync(effect, state, seen => self.Tell(new Noticed(seen)), board.OperationProgressed, token),
            seen => new EffectEnded(effect, run, seen),
            _ => new EffectEnded(effect, run, null));
        return new Begun(effect, run, handle);
    }

    private sealed class Begun(Effect effect, long run, IEffect handle)
    {
        public Effect Effect { get; } = effect;

        public long Run { get; } = run;

        public IEffect Handle { get; } = handle;

        public bool Ended { get; set; }
    }
}
