using System.Text.Json;

namespace VmSupervisor.Qemu.Qmp;

/// <summary>Something QEMU says by itself.</summary>
/// <param name="Sequence">Its place among all that came over the connection, replies included.</param>
/// <param name="Name">QEMU's name for it.</param>
/// <param name="Message">The whole message as it came: also the fields that this version does not know.</param>
internal abstract record QmpEvent(long Sequence, string Name, JsonElement Message)
{
    /// <summary>The machine was shut down, or QEMU is about to end.</summary>
    /// <param name="Sequence">Its place.</param>
    /// <param name="Message">All of it.</param>
    /// <param name="Guest">Whether the guest did it.</param>
    /// <param name="Reason">QEMU's reason: <c>guest-shutdown</c>, <c>host-qmp-quit</c>, <c>host-signal</c>, …</param>
    public sealed record Shutdown(long Sequence, JsonElement Message, bool Guest, string Reason) : QmpEvent(Sequence, "SHUTDOWN", Message);

    /// <summary>The machine was reset.</summary>
    /// <param name="Sequence">Its place.</param>
    /// <param name="Message">All of it.</param>
    /// <param name="Guest">Whether the guest did it.</param>
    /// <param name="Reason">QEMU's reason: <c>guest-reset</c>, <c>host-qmp-system-reset</c>, …</param>
    public sealed record Reset(long Sequence, JsonElement Message, bool Guest, string Reason) : QmpEvent(Sequence, "RESET", Message);

    /// <summary>The guest said that it panicked.</summary>
    public sealed record GuestPanicked(long Sequence, JsonElement Message) : QmpEvent(Sequence, "GUEST_PANICKED", Message);

    /// <summary>The run state changed (<c>STOP RESUME SUSPEND SUSPEND_DISK WAKEUP WATCHDOG</c>); to what, only <c>query-status</c> knows.</summary>
    public sealed record RunStateChanged(long Sequence, string Name, JsonElement Message) : QmpEvent(Sequence, Name, Message);

    /// <summary>Anything else.</summary>
    public sealed record Other(long Sequence, string Name, JsonElement Message) : QmpEvent(Sequence, Name, Message);

    /// <summary>The event in a message whose <c>event</c> field is <paramref name="name"/>.</summary>
    public static QmpEvent Read(long sequence, string name, JsonElement message)
    {
        message.TryField("data", out var data);
        data.TryFlag("guest", out var guest);
        if (!data.TryText("reason", out var reason))
            reason = "none";
        return name switch
        {
            "SHUTDOWN" => new Shutdown(sequence, message, guest, reason),
            "RESET" => new Reset(sequence, message, guest, reason),
            "GUEST_PANICKED" => new GuestPanicked(sequence, message),
            "STOP" or "RESUME" or "SUSPEND" or "SUSPEND_DISK" or "WAKEUP" or "WATCHDOG" => new RunStateChanged(sequence, name, message),
            _ => new Other(sequence, name, message),
        };
    }
}
