using VmSupervisor.Contracts.Text;

namespace VmSupervisor.Contracts.Definitions.Reading;

/// <summary>Small devices; all but the agent's channel are there unless told otherwise, since they cost nothing until a guest uses them.</summary>
internal readonly record struct DeviceAspect(bool Rng, bool Balloon, bool Agent, bool Pvpanic, Watchdog Watchdog)
{
    public static DeviceAspect Read(Fields vm, string machine)
    {
        // All but pvpanic need a PCI bus.
        var usual = MachineFamily.HasPci(machine);
        return new(
            vm.Find("rng")?.Flag() ?? usual,
            vm.Find("balloon")?.Flag() ?? usual,
            vm.Find("agent")?.Flag() ?? false,
            vm.Find("pvpanic")?.Flag() ?? true,
            ReadWatchdog(vm) ?? (usual ? Watchdog.Reset : Watchdog.Off));
    }

    private static Watchdog? ReadWatchdog(Fields vm) => vm.Find("watchdog") switch
    {
        null => null,

        // What HOCON and JSON have for off, beside the word.
        { Scalar: "false" or "no" } => Watchdog.Off,
        var field => field.Member<Watchdog>(),
    };
}
