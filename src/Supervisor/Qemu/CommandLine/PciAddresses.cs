namespace VmSupervisor.Qemu.CommandLine;

/// <summary>
/// Where each device is on the guest's PCI bus. Guests name network interfaces and find disks by it, so nothing ever
/// moves because something else was added or taken away: every kind has slots of its own.
/// </summary>
/// <remarks>
/// <code>
///  01 02  left to the machine (on pc the first is its own) and to a display
///  03-06  balloon, random numbers, serial channels, watchdog
///  07     the SCSI controller that disks share
///  08-0f  the first eight network interfaces       1a-1c  the others, eight in a slot
///  10-17  the first eight disks with a device      18-19  the others, eight in a slot
///         or controller of their own
///  1d     SATA controllers
///  1e 1f  left to the machine and to qemu-args
/// </code>
/// </remarks>
internal static class PciAddresses
{
    public const string Balloon = "0x3";
    public const string Rng = "0x4";
    public const string Channels = "0x5";
    public const string Watchdog = "0x6";
    public const string Scsi = "0x7";

    private const int FunctionsPerSlot = 8;
    private const int FirstNic = 0x08;
    private const int FirstDisk = 0x10;
    private const int OtherDisks = 0x18;
    private const int OtherNics = 0x1a;
    private const int SataControllers = 0x1d;

    /// <summary>That of a network interface, by its place.</summary>
    public static PciAddress Nic(int place) => Of(place, FirstNic, OtherNics);

    /// <summary>That of a disk that has a device or a controller of its own, by how many such are before it.</summary>
    public static PciAddress Disk(int number) => Of(number, FirstDisk, OtherDisks);

    /// <summary>That of a SATA controller.</summary>
    public static PciAddress Sata(int number) => new(SataControllers, number, Shared: true);

    // A device alone in its slot is shown to guests without its function, and so must stay alone.
    private static PciAddress Of(int number, int first, int others) => number < FunctionsPerSlot
        ? new(first + number, 0, Shared: false)
        : new(others + ((number - FunctionsPerSlot) / FunctionsPerSlot), number % FunctionsPerSlot, Shared: true);
}

/// <summary>A place on the PCI bus.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Function">The function.</param>
/// <param name="Shared">Whether others are in this slot, perhaps later.</param>
internal readonly record struct PciAddress(int Slot, int Function, bool Shared)
{
    /// <summary>As QEMU reads it.</summary>
    public override string ToString() => DeviceArguments.Text(Shared ? $"0x{Slot:x}.{Function}" : (FormattableString)$"0x{Slot:x}");
}
