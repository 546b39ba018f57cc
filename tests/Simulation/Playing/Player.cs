using VmSupervisor.Contracts;
using VmSupervisor.Simulation.Counting;
using VmSupervisor.Simulation.Plans;
using VmSupervisor.TestKit;

namespace VmSupervisor.Simulation.Playing;

/// <summary>Does to a node what a plan says.</summary>
internal sealed class Player
{
    private readonly SimulatedNode _node;
    private readonly Tally _tally;
    private readonly HostTroubles _troubles;
    private Task _lettingGo = Task.CompletedTask;
    private bool _isDown;

    public Player(SimulatedNode node, Tally tally)
    {
        _node = node;
        _tally = tally;
        _troubles = new HostTroubles(node);
    }

    public void Play(Act act)
    {
        for (var steps = act.Steps; steps > 0 && Step(); steps--)
        {
        }

        if (act.Time > TimeSpan.Zero)
            _node.Dispatcher.RunFor(act.Time);
        Do(act.Deed);
    }

    /// <summary>All faults are over, and a supervisor is there.</summary>
    public void Heal()
    {
        _troubles.Heal();
        if (_isDown)
            Do(new Deed.BeginSupervisor());
    }

    private void Do(Deed deed)
    {
        switch (deed)
        {
            case Deed.Ask ask:
                Ask(ask);
                break;
            case Deed.Quiet:
                break;
            case Deed.ShutDownNode(var limit):
                if (!_isDown)
                    _ = _node.Dispatcher.Start(() => _node.Supervisor.ShutDownNodeAsync(limit, new Caller("shutdown")));
                break;
            case Deed.KillSupervisor(var commitSurvives):
                Kill(commitSurvives);
                break;
            case Deed.StopSupervisor:
                Stop();
                break;
            case Deed.BeginSupervisor when _isDown || !_lettingGo.IsCompleted:
                Begin();
                break;
            case Deed.BeginSupervisor:
                break;
            case Deed.RebootHost:
                Kill(commitSurvives: false);
                _node.RebootHost();
                break;
            default:
                _troubles.Begin(deed);
                break;
        }
    }

    private void Ask(Deed.Ask ask)
    {
        if (_isDown)
            return;
        _node.Invariants.Asked(ask.Vm, ask.Operation, _node.Submit(ask.Vm, ask.Command, ask.Operation));
    }

    private void Kill(bool commitSurvives)
    {
        if (_isDown)
            return;
        _tally.Killed(_node, commitSurvives);
        _node.Abandon(commitSurvives);
        _isDown = true;
    }

    private void Stop()
    {
        if (_isDown || !_lettingGo.IsCompleted)
            return;
        var supervisor = _node.Supervisor;
        _lettingGo = _node.Dispatcher.Start(async () =>
        {
            await supervisor.StopAsync();
            if (ReferenceEquals(supervisor, _node.Supervisor) && !_isDown)
            {
                _node.Abandon();
                _isDown = true;
            }

            return true;
        });
    }

    private void Begin()
    {
        Kill(commitSurvives: false);
        _lettingGo = Task.CompletedTask;
        _isDown = false;
        _ = _node.BeginUnready();
    }

    private bool Step()
    {
        var before = _node.Dispatcher.Steps;
        return _node.Dispatcher.RunUntil(() => _node.Dispatcher.Steps > before, TimeSpan.FromSeconds(5));
    }
}
