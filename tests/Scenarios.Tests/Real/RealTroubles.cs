using System.Globalization;
using VmSupervisor.Contracts;
using VmSupervisor.EndToEnd.Tests.Support;
using VmSupervisor.Scenarios.Tests.Text;
using VmSupervisor.TestKit;

namespace VmSupervisor.Scenarios.Tests.Real;

/// <summary>What a scenario does to a real guest, its process and its hooks.</summary>
internal sealed class RealTroubles(Node node)
{
    /// <summary>The writing ends of the gates: as long as one is open, hooks that read wait.</summary>
    private readonly Dictionary<string, FileStream> _gates = [];

    public async Task BeginAsync(Act act)
    {
        switch (act)
        {
            case Act.Guest(var vm, var deed):
                var serial = node.SerialOf(vm.Value, LifeOf(vm));
                // A guest that beats reads what is typed.
                await serial.BeatsOnAsync(1);
                serial.Type(deed switch
                {
                    GuestDeed.PowersOff => "off",
                    GuestDeed.Panics => "panic",
                    GuestDeed.Resets => "reboot",
                    _ => throw new InvalidOperationException($"{deed} is not a deed"),
                });
                break;
            case Act.Qemu(var vm, var trouble):
                Kernel.Signal(node.World.TheProcess(vm.Value).Pid, trouble switch
                {
                    QemuTrouble.Killed => Kernel.Kill,
                    QemuTrouble.Hangs => Kernel.Stop,
                    QemuTrouble.GoesOn => Kernel.Continue,
                    _ => throw new InvalidOperationException($"{trouble} is not done to real QEMU"),
                });
                break;
            case Act.Hooks(var phase, var how):
                Behave(phase, how);
                break;
            default:
                throw new InvalidOperationException($"{act.GetType().Name} is not done on a real host");
        }
    }

    /// <summary>After the last line: what still hangs was killed and has not noted its end, and nothing hangs any more.</summary>
    public void EndAll()
    {
        foreach (var phase in _gates.Keys.ToArray())
        {
            node.World.Forget(phase);
            LetGo(phase);
        }
    }

    /// <summary>By the files that the hook looks for.</summary>
    private void Behave(string phase, Behaviour how)
    {
        LetGo(phase);
        foreach (var word in new[] { "takes", "fails" })
            File.Delete(node.In($"{word}-{phase}"));
        switch (how)
        {
            case Behaviour.Hangs:
                var gate = node.In($"gate-{phase}");
                Kernel.MakeFifo(gate);
                _gates[phase] = new FileStream(gate, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
                break;
            case Behaviour.Fails:
                node.Write($"fails-{phase}", "");
                break;
            case Behaviour.Takes(var time):
                node.Write($"takes-{phase}", time.TotalSeconds.ToString(CultureInfo.InvariantCulture));
                break;
        }
    }

    // The name first: nobody can come to the gate after it has been opened.
    private void LetGo(string phase)
    {
        if (!_gates.Remove(phase, out var gate))
            return;
        File.Delete(node.In($"gate-{phase}"));
        gate.Dispose();
    }

    private long LifeOf(VmId vm) => node.World.RunDirectories()
        .Where(d => Path.GetFileName(Path.GetDirectoryName(d)) == vm.ToString())
        .Select(d => long.Parse(Path.GetFileName(d), CultureInfo.InvariantCulture))
        .Max();
}
