using System.Globalization;
using System.Text.Json;
using VmSupervisor.Domain;

namespace VmSupervisor.Qemu.Qmp;

/// <summary>A returned value that is not looked at: QMP returns <c>{}</c>, later versions may add fields.</summary>
internal sealed record QmpNothing(JsonElement Value)
{
    public static QmpNothing Read(JsonElement value) => new(value);
}

/// <summary>A returned value as it came.</summary>
internal sealed record QmpValue(JsonElement Value);

/// <summary>What <c>query-status</c> returns.</summary>
/// <param name="Status">QEMU's run state, also one that this version does not know.</param>
/// <param name="Running">Whether the CPUs run.</param>
/// <param name="Value">All of it.</param>
internal sealed record QmpStatus(string Status, bool Running, JsonElement Value)
{
    public static QmpStatus? Read(JsonElement value) =>
        value.TryText("status", out var status) && value.TryFlag("running", out var running) ? new(status, running, value) : null;

    /// <summary>The run state in our words.</summary>
    public GuestState Guest => Status switch
    {
        "prelaunch" => GuestState.Prelaunch,
        "running" => GuestState.Running,
        "suspended" => GuestState.Suspended,
        "shutdown" => GuestState.Shutdown,
        "guest-panicked" => GuestState.Panicked,
        "io-error" => GuestState.IoError,
        "internal-error" => GuestState.InternalError,
        "watchdog" => GuestState.Watchdog,
        "inmigrate" => GuestState.Incoming,

        // paused, save-vm, restore-vm, debug, finish-migrate, postmigrate, colo and what is yet to come: it is there,
        // and what tells them apart is whether it executes.
        _ => Running ? GuestState.Running : GuestState.Paused,
    };
}

/// <summary>What <c>query-kvm</c> returns.</summary>
/// <param name="Enabled">Whether this QEMU runs its guest under KVM.</param>
/// <param name="Present">Whether it could.</param>
internal sealed record QmpKvm(bool Enabled, bool Present)
{
    public static QmpKvm? Read(JsonElement value) =>
        value.TryFlag("enabled", out var enabled) && value.TryFlag("present", out var present) ? new(enabled, present) : null;
}

/// <summary>A version of QEMU.</summary>
/// <param name="Major">First number.</param>
/// <param name="Minor">Second number.</param>
/// <param name="Micro">Third number.</param>
/// <param name="Package">The distributor's name for it; may be empty.</param>
internal sealed record QemuVersion(long Major, long Minor, long Micro, string Package)
{
    /// <summary>Reads <c>{"qemu": {"major": …}, "package": …}</c>, as the greeting and <c>query-version</c> have it.</summary>
    public static QemuVersion? Read(JsonElement value)
    {
        if (!value.TryField("qemu", out var qemu) || !qemu.TryNumber("major", out var major) || !qemu.TryNumber("minor", out var minor))
            return null;
        qemu.TryNumber("micro", out var micro);
        return new(major, minor, micro, value.TryText("package", out var package) ? package : "");
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Micro}");
}
