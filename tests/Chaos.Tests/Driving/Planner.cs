using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Chaos.Tests.Driving;

/// <summary>Makes the plans of a world's rounds from its seed: the same seed, the same plans.</summary>
internal sealed class Planner(int seed, Park park)
{
    private const int Clients = 3;
    private readonly Random random = new(seed);
    private readonly List<PlannedCommand> earlier = [];
    private readonly List<PlannedCommand> now = [];
    private int round;

    public RoundPlan Next()
    {
        round++;
        earlier.AddRange(now);
        now.Clear();
        var clients = Enumerable.Range(1, Clients).Select(IReadOnlyList<PlannedCommand> (client) =>
            [.. First($"r{round}-c{client}-0"), .. Enumerable.Range(1, random.Next(3, 7)).Select(n => Command($"r{round}-c{client}-{n}"))]).ToList();
        var faults = Enumerable.Range(0, random.Next(2, 5)).Select(_ => Fault(Any())).ToList();

        // The daemon's death is what it is all about: in every other round.
        if (random.Next(2) == 0)
            faults[random.Next(faults.Count)] = Fault(random.Next(4) == 0 ? FaultKind.KillDaemonTwice : FaultKind.KillDaemon);
        return new RoundPlan(clients, faults);
    }

    /// <summary>So that there is something to do for the others: a VM that may have been undefined, and starts it.</summary>
    private IEnumerable<PlannedCommand> First(string operation)
    {
        var vm = AnyVm();
        yield return new PlannedCommand(default, vm, new VmCommand.Define(park.Definition(vm, random.Next())), operation + "d");
        yield return new PlannedCommand(default, vm, new VmCommand.Start(DiscardSaved: random.Next(4) == 0), operation + "s");
        yield return new PlannedCommand(default, AnyVm(), new VmCommand.Start(), operation + "t");
    }

    private PlannedCommand Command(string operation)
    {
        var vm = AnyVm();
        var pause = Milliseconds(0, 300);
        var dice = random.Next(100);
        if (dice < 3 && earlier.Count > 0)
            return earlier[random.Next(earlier.Count)] with { Pause = pause, Again = Again.Same };
        if (dice < 5 && earlier.Count > 0)
        {
            var used = earlier[random.Next(earlier.Count)];
            VmCommand other = used.Command is VmCommand.Pause ? new VmCommand.Resume() : new VmCommand.Pause();
            return used with { Pause = pause, Command = other, Again = Again.OtherContent };
        }

        if (dice == 5 && random.Next(4) == 0)
            return new PlannedCommand(pause, 0, null, operation);
        var command = new PlannedCommand(pause, vm, Wish(vm, dice, operation), operation);
        now.Add(command);
        return command;
    }

    private VmCommand Wish(int vm, int dice, string operation) => dice switch
    {
        < 38 => new VmCommand.Start(Paused: random.Next(10) == 0),
        < 46 => new VmCommand.Stop(),
        < 52 => new VmCommand.Stop(KeepActive: true),
        < 57 => new VmCommand.Shutdown(ForceAfter: Milliseconds(100, 1500), KeepActive: random.Next(3) == 0),
        < 63 => new VmCommand.Shutdown(Timeout: Milliseconds(100, 1500), KeepActive: random.Next(3) == 0),
        < 68 => new VmCommand.Reboot(ForceAfter: Milliseconds(100, 1500)),
        < 72 => new VmCommand.Reboot(Timeout: Milliseconds(100, 1500)),
        < 76 => new VmCommand.Pause(),
        < 80 => new VmCommand.Resume(),
        < 84 => new VmCommand.Reset(),
        < 87 when now.LastOrDefault(e => e.Vm == vm) is { Command: not VmCommand.Cancel } last => new VmCommand.Cancel(OperationId.Parse(last.Operation)),
        < 88 => new VmCommand.Undefine(Force: true),
        < 89 => new VmCommand.Undefine(),
        < 94 => new VmCommand.Backup(
            park.BackupOf(operation), (BackupMode)random.Next(3), random.Next(2) == 0 ? DiskFormat.Raw : DiskFormat.Qcow2, random.Next(2) == 0 ? 1 << 20 : null),
        < 97 => new VmCommand.SuspendToDisk(),
        _ => new VmCommand.Define(park.Definition(vm, random.Next())),
    };

    private PlannedFault Fault(FaultKind kind)
    {
        var vm = AnyVm();
        var (detail, what) = kind switch
        {
            FaultKind.Guest => (Pick("off", "panic", "reboot", "hang"), ""),
            FaultKind.Hook => (Pick("pre-start", "post-start", "pre-stop", "post-stop"), Pick("fail", "hang", "slow", "slow")),
            FaultKind.Volume => ($"{Pick(Park.ScriptVolumes)}-{Pick("activate", "deactivate")}", Pick("fail", "slow")),
            FaultKind.ImageGone => (Pick(Park.Images), ""),
            _ => ("", ""),
        };
        return new PlannedFault(Milliseconds(0, 600), kind, vm, detail, what, Milliseconds(20, 900));
    }

    private FaultKind Any() => random.Next(100) switch
    {
        < 24 => FaultKind.KillQemu,
        < 32 => FaultKind.FreezeQemu,
        < 37 => FaultKind.HangQemu,
        < 50 => FaultKind.Guest,
        < 66 => FaultKind.Hook,
        < 70 => FaultKind.KillHook,
        < 84 => FaultKind.Volume,
        < 89 => FaultKind.ImageGone,
        < 94 => FaultKind.BridgeGone,
        < 97 => FaultKind.FreezeDaemon,
        _ => FaultKind.EndDaemon,
    };

    private int AnyVm() => Park.Vms[random.Next(Park.Vms.Count)];

    private string Pick(params IReadOnlyList<string> from) => from[random.Next(from.Count)];

    private TimeSpan Milliseconds(int least, int most) => TimeSpan.FromMilliseconds(random.Next(least, most));
}
