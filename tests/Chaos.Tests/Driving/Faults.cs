using System.Globalization;
using System.Text;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.Chaos.Tests.Driving;

/// <summary>What befalls a world in a round, and its repair at the end of it.</summary>
internal sealed class Faults(Arena arena)
{
    private readonly List<Task> repairs = [];
    private readonly HashSet<int> frozen = [];

    public async Task RunAsync(IReadOnlyList<PlannedFault> plan)
    {
        foreach (var fault in plan)
        {
            await Task.Delay(fault.Pause);
            arena.Timeline.Add("fault", $"{fault}");
            await BefallAsync(fault);
        }
    }

    /// <summary>Nothing stays frozen or gone.</summary>
    public async Task EndAsync()
    {
        await Task.WhenAll(repairs);
        foreach (var pid in frozen)
            Arena.Try(() => Kernel.Signal(pid, Daemons.Continue));
        foreach (var left in Directory.GetFiles(In("faults")))
            File.Delete(left);
    }

    private async Task BefallAsync(PlannedFault fault)
    {
        switch (fault.Kind)
        {
            case FaultKind.KillDaemon:
                await arena.Daemons.KillAsync();
                await Task.Delay(fault.Length);
                await arena.Daemons.StartAsync();
                break;
            case FaultKind.KillDaemonTwice:
                await arena.Daemons.KillAsync();
                await arena.Daemons.StartAndKillAsync(fault.Length);
                await arena.Daemons.StartAsync();
                break;
            case FaultKind.EndDaemon:
                await arena.Daemons.StopAsync();
                await arena.Daemons.StartAsync();
                break;
            case FaultKind.FreezeDaemon:
                await arena.Daemons.FreezeAsync(fault.Length);
                Did("daemon freezes");
                break;
            case FaultKind.KillQemu:
                Signal(fault.Vm, Kernel.Kill, "QEMU kills");
                break;
            case FaultKind.FreezeQemu or FaultKind.HangQemu:
                if (Signal(fault.Vm, Kernel.Stop, "QEMU freezes") is { } pid)
                {
                    if (fault.Kind == FaultKind.HangQemu)
                        frozen.Add(pid);
                    else
                        repairs.Add(AfterAsync(fault.Length, () => Arena.Try(() => Kernel.Signal(pid, Daemons.Continue))));
                }

                break;
            case FaultKind.Guest:
                Type(fault.Vm, fault.Detail);
                break;
            case FaultKind.Hook:
                Script($"hook-{fault.Vm}-{fault.Detail}", fault.What, "hooks");
                break;
            case FaultKind.Volume:
                Script($"volume-{fault.Detail}", fault.What, "volume calls");
                break;
            case FaultKind.KillHook:
                KillHook();
                break;
            case FaultKind.ImageGone:
                Vanish(fault);
                break;
            case FaultKind.BridgeGone:
                await arena.Park.RemoveBridgeAsync();
                await Task.Delay(fault.Length);
                await arena.Park.MakeBridgeAsync();
                Did("bridges gone");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(fault), fault.Kind, null);
        }
    }

    private int? Signal(int vm, int signal, string name)
    {
        foreach (var process in arena.World.Processes())
        {
            if (process.Arguments.Any(a => a.Contains($"/r/vms/{vm}/")) && Arena.Try(() => Kernel.Signal(process.Pid, signal)))
            {
                arena.Timeline.Add("fault", $"signal {signal} to {process.Pid} of vm {vm}");
                Did(name);
                return process.Pid;
            }
        }

        return null;
    }

    private void Type(int vm, string word)
    {
        var directory = In($"r/vms/{vm}");
        Arena.Try(() =>
        {
            foreach (var life in Directory.GetDirectories(directory))
            {
                // For reading as well: then opening it does not wait for a QEMU that is gone.
                using var input = new FileStream(Path.Combine(life, "serial.in"), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, 0);
                input.Write(Encoding.ASCII.GetBytes(word + "\n"));
                Did($"guest {word}");
            }
        });
    }

    private void Script(string file, string what, string name)
    {
        File.WriteAllText(In($"faults/.{file}"), what + "\n");
        File.Move(In($"faults/.{file}"), In($"faults/{file}"), overwrite: true);
        Did($"{name} told to {what switch { "slow" => "be slow", _ => what }}");
    }

    private void KillHook()
    {
        var text = File.Exists(arena.Witness) ? File.ReadAllText(arena.Witness) : "";
        var ours = arena.World.Everything();
        foreach (var hook in ours.Where(p => p.Arguments.Contains(In("hook")) && text.Contains($" begin {p.Pid} ")))
        {
            // Its runner first, so that nobody is left to write the result.
            Arena.Try(() =>
            {
                var stat = File.ReadAllText($"/proc/{hook.Pid}/stat");
                var runner = int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
                if (ours.Any(p => p.Pid == runner))
                    Kernel.Signal(runner, Kernel.Kill);
                Kernel.Signal(hook.Pid, Kernel.Kill);
                arena.Timeline.Add("fault", $"hook {hook} and its runner are killed");
                Did("hooks and their runners killed");
            });
        }
    }

    private void Vanish(PlannedFault fault)
    {
        var (image, away) = (In(fault.Detail), In(fault.Detail + ".away"));
        if (!Arena.Try(() => File.Move(image, away)))
            return;
        Did("images gone");
        repairs.Add(AfterAsync(fault.Length, () => File.Move(away, image)));
    }

    private static async Task AfterAsync(TimeSpan length, Action repair)
    {
        await Task.Delay(length);
        repair();
    }

    private void Did(string what) => arena.Tally.Count($"fault {what}");

    private string In(string name) => Path.Combine(arena.Root, name);
}
