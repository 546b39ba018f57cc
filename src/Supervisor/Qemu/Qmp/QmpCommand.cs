using System.Runtime.InteropServices;
using System.Text.Json;

namespace VmSupervisor.Qemu.Qmp;

/// <summary>A command and how to read what it returns.</summary>
/// <param name="Name">QEMU's name for it.</param>
/// <param name="Read">Reads the value returned; null when it is not what the command returns.</param>
/// <param name="Arguments">Writes the fields of <c>arguments</c>; null for a command without.</param>
/// <typeparam name="T">What it returns.</typeparam>
internal sealed record QmpCommand<T>(string Name, Func<JsonElement, T?> Read, Action<Utf8JsonWriter>? Arguments = null)
    where T : class
{
    /// <summary>
    /// A descriptor that goes with it, for <c>getfd</c>; it stays open here. It belongs to the connection then: what uses
    /// it must be given on the same one.
    /// </summary>
    public SafeHandle? Descriptor { get; init; }

    /// <summary>
    /// Whether it is done before all that waits, by a thread of its own: also by a QEMU whose main loop hangs, as long as no
    /// more than eight commands wait there (then 7.2 reads no further). A QEMU that does not offer that does it in turn.
    /// Only a few commands may be given so.
    /// </summary>
    public bool OutOfBand { get; init; }
}

/// <summary>The commands in use.</summary>
internal static class QmpCommands
{
    /// <summary>What the virtual machine does.</summary>
    public static QmpCommand<QmpStatus> QueryStatus { get; } = new("query-status", QmpStatus.Read);

    /// <summary>Which QEMU it is.</summary>
    public static QmpCommand<QemuVersion> QueryVersion { get; } = new("query-version", QemuVersion.Read);

    /// <summary>Whether KVM is there and in use.</summary>
    public static QmpCommand<QmpKvm> QueryKvm { get; } = new("query-kvm", QmpKvm.Read);

    /// <summary>Lets the CPUs run.</summary>
    public static QmpCommand<QmpNothing> Continue { get; } = new("cont", QmpNothing.Read);

    /// <summary>Stops the CPUs.</summary>
    public static QmpCommand<QmpNothing> Stop { get; } = new("stop", QmpNothing.Read);

    /// <summary>Ends QEMU.</summary>
    public static QmpCommand<QmpNothing> Quit { get; } = new("quit", QmpNothing.Read);

    /// <summary>Presses the power button.</summary>
    public static QmpCommand<QmpNothing> SystemPowerdown { get; } = new("system_powerdown", QmpNothing.Read);

    /// <summary>Presses the reset button.</summary>
    public static QmpCommand<QmpNothing> SystemReset { get; } = new("system_reset", QmpNothing.Read);

    /// <summary>Ends the negotiation; the first command of every connection.</summary>
    /// <param name="outOfBand">Whether some commands are to be done before those that wait.</param>
    public static QmpCommand<QmpNothing> Capabilities(bool outOfBand) => new("qmp_capabilities", QmpNothing.Read, outOfBand
        ? json =>
        {
            json.WriteStartArray("enable");
            json.WriteStringValue("oob");
            json.WriteEndArray();
        }
    : null);

    /// <summary>Plugs a network interface in or out.</summary>
    public static QmpCommand<QmpNothing> SetLink(string device, bool up) => new("set_link", QmpNothing.Read, writer =>
    {
        writer.WriteString("name", device);
        writer.WriteBoolean("up", up);
    });

    /// <summary>
    /// Opens the serial port's FIFOs and its log anew. It happens under the lock that the guest's CPUs take for every
    /// access to a device: what the guest writes goes whole to the former file or to the new one (checked on 7.2: 50 of
    /// them under a guest that wrote without pause lost no byte, each took 1 to 2 ms).
    /// </summary>
    public static QmpCommand<QmpNothing> ReopenSerial(string id, string device, string log) => new("chardev-change", QmpNothing.Read, json =>
    {
        json.WriteString("id", id);
        json.WriteStartObject("backend");
        json.WriteString("type", "pipe");
        json.WriteStartObject("data");
        json.WriteString("device", device);
        json.WriteString("logfile", log);
        json.WriteBoolean("logappend", true);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    /// <summary>Any other command; what it returns, as it came.</summary>
    public static QmpCommand<QmpValue> Raw(string name, Action<Utf8JsonWriter>? arguments = null) => new(name, value => new(value), arguments);
}
