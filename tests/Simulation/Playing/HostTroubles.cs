using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Simulation.Plans;
using VmSupervisor.TestKit;

namespace VmSupervisor.Simulation.Playing;

/// <summary>What goes wrong on the host, as long as it does.</summary>
internal sealed class HostTroubles
{
    private readonly SimulatedNode _node;
    private readonly TimeSpan _greeting;
    private readonly TimeSpan _commit;
    private readonly Dictionary<HookPhase, Deed.Hooks> _hooks = [];
    private readonly Dictionary<(string Step, bool OnRelease), Deed.Step> _steps = [];
    private readonly HashSet<VmId> _deaf = [];

    public HostTroubles(SimulatedNode node)
    {
        _node = node;
        _greeting = node.Hypervisor.Greeting;
        _commit = node.Disk!.CommitTakes;
        var takes = node.Hooks.Takes;
        node.Hooks.Takes = phase => _hooks.TryGetValue(phase, out var how) ? how.Take : takes(phase);
        node.Hooks.Fails = phase => _hooks.GetValueOrDefault(phase)?.Fail == true;
        node.Resources.AcquireFails = step => Of(step, onRelease: false) is { Fails: true } ? "not there" : null;
        node.Resources.ReleaseFails = step => Of(step, onRelease: true) is { Fails: true } ? "busy" : null;
        node.Resources.AcquireTakes = step => Of(step, onRelease: false)?.Takes ?? TimeSpan.Zero;
        node.Resources.ReleaseTakes = step => Of(step, onRelease: true)?.Takes ?? TimeSpan.Zero;
        node.Hypervisor.OnSpawn += (process, _) => process.IgnoresPowerButton = _deaf.Contains(process.Vm);
    }

    public void Begin(Deed deed)
    {
        var disk = _node.Disk!;
        switch (deed)
        {
            case Deed.Guest(var vm, var what):
                Do(vm, what);
                break;
            case Deed.Qemu(var vm, var what):
                Do(vm, what);
                break;
            case Deed.ExitTakes(var vm, var time):
                if (ProcessOf(vm) is { } slow)
                    slow.ExitTakes = time;
                break;
            case Deed.Launches launches:
                (_node.Hypervisor.LaunchFails, _node.Hypervisor.Greeting) = (launches.Fault, launches.Greeting);
                break;
            case Deed.Hooks hooks:
                _hooks[hooks.Phase] = hooks;
                break;
            case Deed.Step step:
                _steps[(step.Name, step.OnRelease)] = step;
                break;
            case Deed.Backups backups:
                _node.Backups.StartFails = backups.StartFails ? "no room" : null;
                _node.Backups.JobFails = backups.JobFails ? "no space" : null;
                _node.Backups.Takes = backups.Take;
                break;
            case Deed.Memory memory:
                _node.Memory.SaveFails = memory.SaveFails ? "no space" : null;
                _node.Memory.CheckFails = memory.CheckFails ? "changed" : null;
                _node.Memory.Takes = memory.Take;
                break;
            case Deed.Limits(var less):
                _node.Resources.RemarkOf = key => less ? $"vm {key.Vm} has less than it wants" : null;
                break;
            case Deed.Commit(var fault):
                disk.FailNext(fault);
                break;
            case Deed.CommitsTake(var time):
                disk.CommitTakes = time;
                break;
            case Deed.Room(var writes):
                if (writes is { } left)
                    disk.Fill(left);
                else
                    disk.Free();
                break;
            default:
                throw new InvalidOperationException($"{deed.GetType().Name} is nothing that a host does");
        }
    }

    public void Heal()
    {
        _hooks.Clear();
        _steps.Clear();
        _deaf.Clear();
        Begin(new Deed.Launches(null, _greeting));
        Begin(new Deed.Backups(false, false, TimeSpan.FromMilliseconds(10)));
        Begin(new Deed.Memory(false, false, TimeSpan.FromMilliseconds(10)));
        _node.Disk!.Heal();
        _node.Disk.CommitTakes = _commit;
        foreach (var process in _node.Hypervisor.Living.ToArray())
        {
            process.Hung = false;
            _node.Hypervisor.Release(process);
        }
    }

    private Deed.Step? Of(Step step, bool onRelease) => _steps.GetValueOrDefault((step.Name, onRelease));

    private SimulatedProcess? ProcessOf(VmId vm) => _node.Hypervisor.Living.LastOrDefault(p => p.Vm == vm && !p.IsHelper);

    private void Do(VmId vm, GuestDeed what)
    {
        var process = ProcessOf(vm);
        if (what is GuestDeed.IgnoresPowerButton or GuestDeed.HeedsPowerButton)
        {
            if (what == GuestDeed.IgnoresPowerButton)
                _deaf.Add(vm);
            else
                _deaf.Remove(vm);
            if (process is not null)
                process.IgnoresPowerButton = what == GuestDeed.IgnoresPowerButton;
        }
        else if (process is { Guest: GuestState.Running, Dying: null })
        {
            Action<SimulatedProcess> act = what switch
            {
                GuestDeed.PowersOff => _node.Hypervisor.PowerOff,
                GuestDeed.Panics => _node.Hypervisor.Panic,
                _ => _node.Hypervisor.Reset,
            };
            act(process);
        }
    }

    private void Do(VmId vm, QemuTrouble what)
    {
        if (ProcessOf(vm) is { } process)
            _node.Hypervisor.Befall(process, what);
    }
}
