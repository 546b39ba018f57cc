using VmSupervisor.Actors.TestKit.Journals;
using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Hooks;
using VmSupervisor.Scenarios.Tests.Text;
using VmSupervisor.TestKit;

namespace VmSupervisor.Scenarios.Tests.Simulated;

/// <summary>What goes wrong on a simulated host, by a scenario's words.</summary>
internal sealed class SimulatedTroubles
{
    // Longer than any limit, and still a time that can be added to a clock.
    public static readonly TimeSpan Forever = TimeSpan.FromDays(100);

    private readonly SimulatedNode _node;
    private readonly TimeSpan _greeting;
    private readonly Dictionary<string, Behaviour> _hooks = [];
    private readonly Dictionary<string, Behaviour> _acquisitions = [];
    private readonly Dictionary<string, Behaviour> _releases = [];

    private readonly ActivityTroubles _activities;
    private readonly bool _mayBeLate;

    /// <param name="node">The host.</param>
    /// <param name="journal">Its journal.</param>
    /// <param name="mayBeLate">Whether what a guest or its process is to do may come too late, and is nothing then.</param>
    public SimulatedTroubles(SimulatedNode node, FaultyJournal journal, bool mayBeLate)
    {
        _activities = new ActivityTroubles(node, journal);
        _mayBeLate = mayBeLate;
        _node = node;
        _greeting = node.Hypervisor.Greeting;
        var takes = node.Hooks.Takes;
        node.Hooks.Takes = phase => _hooks.GetValueOrDefault(phase.Spell()) switch
        {
            Behaviour.Takes(var time) => time,
            _ => takes(phase),
        };
        node.Hooks.Fails = phase => _hooks.GetValueOrDefault(phase.Spell()) is Behaviour.Fails;
        node.Resources.AcquireFails = step => ReasonOf(_acquisitions, step);
        node.Resources.ReleaseFails = step => ReasonOf(_releases, step);
        var (acquireTakes, releaseTakes) = (node.Resources.AcquireTakes, node.Resources.ReleaseTakes);
        node.Resources.AcquireTakes = step => TimeOf(_acquisitions, step) ?? acquireTakes(step);
        node.Resources.ReleaseTakes = step => TimeOf(_releases, step) ?? releaseTakes(step);
    }

    public void Begin(Act act)
    {
        switch (act)
        {
            case Act.Guest or Act.Qemu when _mayBeLate && !Runs(act):
                break;
            case Act.Guest(var vm, var deed):
                Do(ProcessOf(vm), deed);
                break;
            case Act.Qemu(var vm, var trouble):
                _node.Hypervisor.Befall(ProcessOf(vm), trouble);
                break;
            case Act.ExitTakes(var vm, var time):
                ProcessOf(vm).ExitTakes = time;
                break;
            case Act.Hooks(var phase, var how):
                Behave(phase, how);
                break;
            case Act.Step(var name, var isRelease, var how):
                (isRelease ? _releases : _acquisitions)[name] = how;
                break;
            case Act.Launches launches:
                Do(launches);
                break;
            case var other when _activities.Begin(other):
                break;
            default:
                throw new InvalidOperationException($"{act.GetType().Name} is not done on a simulated host");
        }
    }

    public void EndAll()
    {
        foreach (var phase in _hooks.Keys.ToArray())
            Behave(phase, new Behaviour.Works());
        _activities.EndAll();
        _acquisitions.Clear();
        _releases.Clear();
        Do(new Act.Launches(LaunchTrouble.None, "", default));
        foreach (var process in _node.Hypervisor.Living.ToArray())
        {
            process.Hung = false;
            _node.Hypervisor.Release(process);
        }
    }

    private void Behave(string phase, Behaviour how)
    {
        _hooks[phase] = how;
        var named = Enum.GetValues<HookPhase>().Single(p => p.Spell() == phase);
        if (how is Behaviour.Hangs)
            _node.Hooks.Hold(named);
        else
            _node.Hooks.LetGo(named);
    }

    private bool Runs(Act act) => _node.Hypervisor.Living.Any(p => !p.IsHelper && p.Dying is null && act switch
    {
        Act.Guest(var vm, _) => p.Vm == vm && p.Guest == GuestState.Running,
        Act.Qemu(var vm, _) => p.Vm == vm,
        _ => false,
    });

    private SimulatedProcess ProcessOf(VmId vm) => _node.Hypervisor.Living.LastOrDefault(p => p.Vm == vm && !p.IsHelper)
        ?? throw new InvalidOperationException($"vm {vm} has no process");

    private void Do(SimulatedProcess process, GuestDeed deed)
    {
        if (process is not { Guest: GuestState.Running, Dying: null })
            throw new InvalidOperationException($"the guest of vm {process.Vm} does not run");
        Action<SimulatedProcess> act = deed switch
        {
            GuestDeed.PowersOff => _node.Hypervisor.PowerOff,
            GuestDeed.Panics => _node.Hypervisor.Panic,
            GuestDeed.Resets => _node.Hypervisor.Reset,
            _ => throw new InvalidOperationException($"{deed} is not a deed"),
        };
        act(process);
    }

    private void Do(Act.Launches launches)
    {
        _node.Hypervisor.Greeting = launches.Trouble == LaunchTrouble.Takes ? launches.Time : _greeting;
        _node.Hypervisor.LaunchFails = launches.Trouble switch
        {
            LaunchTrouble.Fails => new SimulatedLaunchFault.BeforeSpawn(launches.Reason),
            LaunchTrouble.Ends => new SimulatedLaunchFault.Ends(launches.Reason),
            LaunchTrouble.LosesMonitor => new SimulatedLaunchFault.AfterSpawn(launches.Reason),
            LaunchTrouble.IsSilent => new SimulatedLaunchFault.Silent(Children: 1),
            _ => null,
        };
    }

    private static string? ReasonOf(Dictionary<string, Behaviour> steps, Step step) =>
        steps.GetValueOrDefault(step.Name) is Behaviour.Fails(var reason) ? reason : null;

    private static TimeSpan? TimeOf(Dictionary<string, Behaviour> steps, Step step) => steps.GetValueOrDefault(step.Name) switch
    {
        Behaviour.Takes(var time) => time,
        Behaviour.Hangs => Forever,
        _ => null,
    };
}
