using System.Text.Json.Serialization;
using VmSupervisor.Contracts.Json;

namespace VmSupervisor.Contracts.Definitions;

/// <summary>What the guest's machine boots by.</summary>
[JsonConverter(typeof(EnumJsonConverter<Firmware>))]
public enum Firmware
{
    /// <summary>The machine's own (SeaBIOS), or the image that the definition names.</summary>
    Bios,

    /// <summary>UEFI (OVMF), with a variable store of the VM's own that is kept from life to life.</summary>
    Uefi,
}

/// <summary>What follows when a guest that has armed its watchdog does not feed it any more.</summary>
[JsonConverter(typeof(EnumJsonConverter<Watchdog>))]
public enum Watchdog
{
    /// <summary>The guest is reset.</summary>
    Reset,

    /// <summary>Its CPUs are stopped, for a look at it.</summary>
    Pause,

    /// <summary>It gets a non-maskable interrupt: most systems panic then, and leave a dump.</summary>
    InjectNmi,

    /// <summary>There is no watchdog.</summary>
    Off,
}

/// <summary>Which machines have what every node gives its guests unless told otherwise.</summary>
public static class MachineFamily
{
    /// <summary>Whether a machine type has a PCI bus: q35 and pc, in every version, and what distributions call them.</summary>
    public static bool HasPci(string machine) =>
        machine is "q35" or "pc" || machine.StartsWith("pc-", StringComparison.Ordinal) || machine.EndsWith("-q35", StringComparison.Ordinal);
}
