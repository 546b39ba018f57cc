using System.Globalization;
using VmSupervisor.Actors;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Simulation.Plans;

/// <summary>What clients may send.</summary>
internal sealed class Commands(SeededRandom random, IReadOnlyList<VmId> vms, int clients)
{
    private readonly List<Deed.Ask> _sent = [];
    private int _operations;

    /// <summary>What may be sent, and how often it is, by and large.</summary>
    public IEnumerable<(int Weight, Func<IEnumerable<Deed>> Make)> Menu =>
    [
        (6, () => Send(new VmCommand.Start(random.Next(4) == 0))),
        (1, () => Send(new VmCommand.Start(DiscardSaved: true))),
        (4, () => Send(new VmCommand.Stop(random.Next(3) == 0))),
        (4, () => Send(new VmCommand.Shutdown(Soon(220), random.Next(2) == 0 ? Soon(100) : null, random.Next(4) == 0))),
        (1, () => Send(new VmCommand.Shutdown())),
        (2, () => Send(new VmCommand.Reboot(Soon(220), random.Next(2) == 0 ? Soon(100) : null))),
        (1, () => Send(new VmCommand.Pause())),
        (1, () => Send(new VmCommand.Resume())),
        (1, () => Send(new VmCommand.Reset())),
        (2, () => Send(new VmCommand.Backup(
            string.Create(CultureInfo.InvariantCulture, $"/backup/{_operations}"), (BackupMode)random.Next(3)))),
        (2, () => Send(new VmCommand.SuspendToDisk())),
        (1, () => Send(new VmCommand.Undefine(random.Next(3) > 0))),
        (2, () => Send(Any(vms), vm => new VmCommand.Define(DefinitionOf(vm)))),
        (2, () => _sent.Count == 0 ? [] : Send(new VmCommand.Cancel(OperationId.Parse(Any(_sent).Operation)))),
        (2, Again),
        (2, () => WithSecondThoughts(
            new VmCommand.Backup(string.Create(CultureInfo.InvariantCulture, $"/backup/{_operations}"), BackupMode.Stop),
            backup => new VmCommand.Cancel(backup))),
        (1, () => WithSecondThoughts(new VmCommand.SuspendToDisk(), save => new VmCommand.Cancel(save))),
        (1, () => WithSecondThoughts(new VmCommand.Start(), _ => new VmCommand.Stop())),
        (1, () => [new Deed.ShutDownNode(Soon(5000))]),
    ];

    /// <summary>Every VM is defined first.</summary>
    public IEnumerable<Deed> Definitions() => [.. vms.SelectMany(vm => Send(vm, one => new VmCommand.Define(DefinitionOf(one))))];

    private VmDefinition DefinitionOf(VmId vm) => new()
    {
        Id = vm,
        Name = $"vm-{vm}",
        Memory = (long)(16 + random.Next(2)) << 20,
        Hooks = random.Next(3) > 0 ? ["/hooks/log"] : [],
        Disks = [.. Enumerable.Range(0, random.Next(3)).Select(i => new DiskDefinition { Path = $"/images/{vm}-{i}.qcow2" })],
        Nics = random.Next(2) == 0 ? [new NicDefinition { Type = NicType.Tap, Bridge = "br0" }] : [],
        CpuLimit = random.Next(4) == 0 ? 1 : null,
        Restart = (RestartPolicy)random.Next(3),
        OnPanic = (PanicPolicy)random.Next(3),
        Autostart = random.Next(4) == 0,
        StartupOrder = 1 + random.Next(2),
        ShutdownTimeout = Soon(2000),
    };

    /// <summary>A command is repeated as it was, or its id is used for another.</summary>
    private IEnumerable<Deed> Again()
    {
        if (_sent.Count == 0)
            return [];
        var earlier = Any(_sent);
        return [random.Next(4) > 0 ? earlier : earlier with { Command = new VmCommand.Reset() }];
    }

    private IEnumerable<Deed> WithSecondThoughts(VmCommand first, Func<OperationId, VmCommand> second)
    {
        var vm = Any(vms);
        var sent = Send(vm, _ => first).ToArray();
        return [.. sent, .. Send(vm, _ => second(OperationId.Parse(_sent[^1].Operation)))];
    }

    private IEnumerable<Deed> Send(VmCommand command) => Send(Any(vms), _ => command);

    private IEnumerable<Deed> Send(VmId vm, Func<VmId, VmCommand> command)
    {
        var ask = new Deed.Ask(vm, command(vm), string.Create(CultureInfo.InvariantCulture, $"c{1 + random.Next(clients)}-{++_operations}"));
        _sent.Add(ask);
        return [ask];
    }

    private T Any<T>(IReadOnlyList<T> all) => all[random.Next(all.Count)];

    private TimeSpan Soon(int most) => TimeSpan.FromMilliseconds(20 + random.Next(most));
}
