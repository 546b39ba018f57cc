using System.Text.Json;
using VmSupervisor.Contracts.Definitions.Reading;

namespace VmSupervisor.Contracts.Definitions;

/// <summary>
/// Reads definitions, for the CLI and the daemon alike. Paths must be absolute here; whoever reads a file makes them so.
/// What can only be known on the host (whether an image exists) is checked at start, not here.
/// </summary>
public static class DefinitionReader
{
    /// <summary>The key that holds the definition.</summary>
    public const string RootKey = "vm";

    /// <summary>Reads <c>{"vm": {…}}</c>; names everything that is wrong with it at once.</summary>
    public static DefinitionResult Read(JsonElement root)
    {
        var faults = new List<DefinitionFault>();
        var definition = ReadVm(Fields.OfVm(root, faults), faults);
        return faults.Count == 0 ? new(definition, []) : new(null, faults.ToValueList());
    }

    private static VmDefinition? ReadVm(Fields? vm, List<DefinitionFault> faults)
    {
        if (vm is null)
            return null;
        var (id, name, uuid) = IdentityAspect.Read(vm);
        var memory = CapacityAspect.Read(vm);
        var limits = LimitAspect.Read(vm, memory);
        var machine = MachineAspect.Read(vm);
        var cpu = CpuAspect.Read(vm, machine.Accel);
        var boot = BootAspect.Read(vm);
        var firmware = FirmwareAspect.Read(vm);
        var disks = DiskAspect.Read(vm);
        var nics = NicAspect.Read(vm);
        var bootOrder = BootOrderAspect.Read(vm);
        var devices = DeviceAspect.Read(vm, machine.Machine);
        var hooks = HookAspect.Read(vm);
        var lifecycle = LifecycleAspect.Read(vm);
        var startup = StartupAspect.Read(vm);
        var qemuArgs = QemuArgsAspect.Read(vm);
        vm.RefuseUnknown();
        if (faults.Count > 0)
            return null;

        return new VmDefinition
        {
            Id = id,
            Name = name,
            Memory = memory,
            Cpus = cpu.Cpus,
            Topology = cpu.Topology,
            Cpu = cpu.Model,
            CpuFlags = cpu.Flags,
            MemoryLimit = limits.Memory,
            CpuLimit = limits.Cpu,
            Machine = machine.Machine,
            Uuid = uuid,
            PinnedMachine = machine.Pinned,
            Accel = machine.Accel,
            Firmware = firmware,
            Bios = boot.Bios,
            Kernel = boot.Kernel,
            Initrd = boot.Initrd,
            Cmdline = boot.Cmdline,
            Boot = bootOrder,
            Disks = disks,
            Nics = nics,
            Rng = devices.Rng,
            Balloon = devices.Balloon,
            Agent = devices.Agent,
            Pvpanic = devices.Pvpanic,
            Watchdog = devices.Watchdog,
            Hooks = hooks,
            Restart = lifecycle.Restart,
            OnPanic = lifecycle.OnPanic,
            Autostart = startup.Autostart,
            StartupOrder = startup.Order,
            StartupDelay = startup.Delay,
            ShutdownTimeout = lifecycle.ShutdownTimeout,
            QemuArgs = qemuArgs,
        };
    }
}
