using VmSupervisor.Actors;
using VmSupervisor.Actors.TestKit.Journals;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Domain;
using VmSupervisor.Scenarios.Tests.Playing;
using VmSupervisor.Scenarios.Tests.Text;
using VmSupervisor.TestKit;

namespace VmSupervisor.Scenarios.Tests.Simulated;

/// <summary>The production actors over a simulated host in virtual time; the seed decides every order that is free.</summary>
internal sealed class SimulatedStage : IStage
{
    /// <summary>The word on the guest's kernel command line that the real guest obeys, too.</summary>
    public const string IgnoresPowerButton = "hb_nopwr=1";

    /// <summary>Where relative paths of definitions start; no such place is ever touched.</summary>
    private const string Directory = "/scenario";

    /// <summary>In steps of the dispatcher: a command needs about ten until it is accepted.</summary>
    private const int LongestDawdle = 40;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private readonly SimulatedNode _node;
    private readonly SimulatedFacts _facts;
    private readonly SimulatedTroubles _troubles;
    private readonly List<(VmId Vm, VmCommand Command, OperationId Operation, Task<OperationView> Answer)> _asked = [];
    private readonly SeededRandom? _dawdling;
    private readonly TimeSpan _began;
    private bool _isDown;

    /// <param name="seed">Decides every order that is free.</param>
    /// <param name="scenario">What is played.</param>
    /// <param name="isShaken">Whether the seed also decides how long things take that the scenario says nothing of.</param>
    public SimulatedStage(long seed, Scenario scenario, bool isShaken = false)
    {
        FaultyJournal? journal = null;
        _node = new SimulatedNode(seed, inner => journal = new FaultyJournal(inner), limits: scenario.Settings.Apply(new Limits()));

        // No VM is defined when the host's first boot starts what is to start with it.
        _node.Dispatcher.RunFor(Quiet);
        _dawdling = scenario.IsAnyOrder ? new SeededRandom(seed) : null;
        if (isShaken)
            Shaking.Of(_node, new SeededRandom(seed));
        _facts = new SimulatedFacts(_node, Directory);
        _troubles = new SimulatedTroubles(_node, journal!, mayBeLate: scenario.IsAnyOrder);
        _node.Hypervisor.OnSpawn += (process, definition) =>
            process.IgnoresPowerButton = definition.Cmdline?.Contains(IgnoresPowerButton, StringComparison.Ordinal) == true;
        _began = _node.Dispatcher.Time.Elapsed;
    }

    public Task ActAsync(Act act)
    {
        Dawdle();
        switch (act)
        {
            case Act.Define define:
                Submit(define.Vm, new VmCommand.Define(define.Definition.Read(Directory)), define.Operation);
                break;
            case Act.Command command:
                Submit(command.Vm, command.Wish.Below(Directory), command.Operation);
                break;
            case Act.Cancel(var target, var operation):
                Submit(_asked.Find(a => a.Operation == target).Vm, new VmCommand.Cancel(target), operation);
                break;
            case Act.ShutDownNode(var timeout):
                _ = _node.Dispatcher.Start(() => _node.Supervisor.ShutDownNodeAsync(timeout, new Caller(RunLog.Caller)));
                break;
            case Act.Supervisor(SupervisorFate.Killed):
                Kill();
                break;
            case Act.Supervisor(SupervisorFate.Starts):
                Start();
                break;
            case Act.Supervisor(SupervisorFate.Restarts):
                Kill();
                Start();
                break;
            case Act.RebootHost:
                Kill();
                _node.Hypervisor.Reboot();
                Start();
                break;
            case Act.MakeFile(var path):
                _troubles.Begin(new Act.MakeFile($"{Directory}/{path}"));
                break;
            default:
                _troubles.Begin(act);
                break;
        }

        return Task.CompletedTask;
    }

    public Task WaitAsync(Moment moment)
    {
        var dispatcher = _node.Dispatcher;
        switch (moment)
        {
            case Moment.At(var time):
                var left = time - (dispatcher.Time.Elapsed - _began);
                if (left < TimeSpan.Zero)
                    throw new InvalidOperationException($"it is {dispatcher.Time.Elapsed - _began} already");
                dispatcher.RunFor(left);
                break;
            case Moment.After(var time):
                dispatcher.RunFor(time);
                break;
            case Moment.When(var condition, var within):
                RunUntil(() => condition.Holds(_facts), within ?? Patience);
                break;
        }

        return Task.CompletedTask;
    }

    public Task SettleAsync()
    {
        if (_isDown)
            throw new InvalidOperationException("the scenario ends without a supervisor; let it start");

        // What the last line began may not have come to the supervisor yet.
        _node.Dispatcher.RunFor(Quiet);
        RunUntil(() => _node.Supervisor.Operations().Count == 0 && _node.Supervisor.List().All(v => v is { State: "Running" or "CleanedUp", Activity: null }), Patience);
        _node.Dispatcher.RunFor(Quiet);
        return Task.CompletedTask;
    }

    public Task<IFacts> LookAsync(IReadOnlyCollection<VmId> vms) => Task.FromResult<IFacts>(_facts);

    public Task<IReadOnlyList<Answer>> AnswersAsync() =>
        Task.FromResult<IReadOnlyList<Answer>>([.. _asked.Select(a => new Answer(a.Vm, a.Command.Kind, a.Operation, Latest(a.Answer)))]);

    public Task<IReadOnlyList<string>> LeftAsync(IReadOnlyCollection<VmId> vms) => Task.FromResult<IReadOnlyList<string>>(
    [
        .. _node.Hypervisor.Living.Select(p => $"{p.Vm}/{p.Incarnation} process").Order(),
        .. _node.Resources.Held.Select(h => $"{h.Vm} {h.Step}").Order(),
    ]);

    public string Plain(string text) => RunLog.Plain(text).Replace(Directory + "/", "", StringComparison.Ordinal);

    /// <summary>Ends all faults and every VM, and says what was wrong in the run or is left of it.</summary>
    public IReadOnlyList<string> End()
    {
        _node.Invariants.JudgeAtRest();
        _troubles.EndAll();
        foreach (var vm in _node.Supervisor.List().Select(v => v.Id).ToArray())
        {
            // The first may join a stop that keeps the volumes active; the second gives them back.
            for (var i = 0; i < 2; i++)
                _node.Do(vm, new VmCommand.Stop(), Patience);
        }

        _node.Invariants.JudgeAtEnd();
        return [.. _node.Invariants.Violations.Distinct(), .. _node.Backups.Partial.Select(f => $"{FileLines.Unfinished(f)} and left")];
    }

    private void Submit(VmId vm, VmCommand command, OperationId operation)
    {
        if (_isDown)
            throw new InvalidOperationException("no supervisor runs");
        var answer = _node.Submit(vm, command, operation.Value);
        _node.Invariants.Asked(vm, operation.Value, answer);
        _asked.Add((vm, command, operation, answer));
        if (_dawdling is null || command is VmCommand.Define)
            _node.Dispatcher.Run(answer, Patience);
    }

    /// <summary>How it ended, or stands; null when the supervisor was killed before it answered.</summary>
    private OperationView? Latest(Task<OperationView> answer) => !answer.IsCompletedSuccessfully ? null
        : answer.Result.Ended || _isDown ? answer.Result
        : _node.Dispatcher.Run(_node.Dispatcher.Start(() => _node.Supervisor.FindOperationAsync(answer.Result.Id))) ?? answer.Result;

    /// <summary>Where the seed decides, a line comes some steps sooner or later, and does not wait for the answer of the one before.</summary>
    private void Dawdle()
    {
        for (var steps = _dawdling?.Next(LongestDawdle); steps > 0; steps--)
        {
            if (!_node.Dispatcher.Step())
                _node.Dispatcher.RunFor(TimeSpan.FromMilliseconds(1));
        }
    }

    private void Kill()
    {
        if (_isDown)
            throw new InvalidOperationException("no supervisor runs");
        _node.Abandon();
        _isDown = true;
    }

    private void Start()
    {
        if (!_isDown)
            throw new InvalidOperationException("a supervisor runs already");
        _isDown = false;
        _node.Begin();
    }

    private void RunUntil(Func<bool> condition, TimeSpan limit)
    {
        if (!_node.Dispatcher.RunUntil(condition, limit))
            throw new TimeoutException($"it did not come to that within {limit.TotalSeconds} s");
    }
}
