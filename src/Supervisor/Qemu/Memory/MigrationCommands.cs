using System.Runtime.InteropServices;
using System.Text.Json;
using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Qemu.Memory;

/// <summary>The monitor's commands that write and read a guest's state.</summary>
internal static class MigrationCommands
{
    /// <summary>How it goes.</summary>
    public static QmpCommand<QmpMigration> Query { get; } = new("query-migrate", QmpMigration.Read);

    /// <summary>Gives it up; fine when there is none.</summary>
    public static QmpCommand<QmpNothing> Cancel { get; } = new("migrate_cancel", QmpNothing.Read);

    /// <summary>Lets QEMU tell its steps as events.</summary>
    public static QmpCommand<QmpNothing> WithEvents { get; } = new("migrate-set-capabilities", QmpNothing.Read, json =>
    {
        json.WriteStartArray("capabilities");
        json.WriteStartObject();
        json.WriteString("capability", "events");
        json.WriteBoolean("state", true);
        json.WriteEndObject();
        json.WriteEndArray();
    });

    /// <summary>As fast as it goes: the default of 128 MiB/s is for networks (0: none; 70 MB took 0.15 s on 7.2).</summary>
    public static QmpCommand<QmpNothing> Unlimited { get; } = new("migrate-set-parameters", QmpNothing.Read, json => json.WriteNumber("max-bandwidth", 0));

    /// <summary>Passes a descriptor to QEMU under a name; it belongs to the connection until it is used.</summary>
    public static QmpCommand<QmpNothing> Pass(string name, SafeHandle descriptor) =>
        new("getfd", QmpNothing.Read, json => json.WriteString("fdname", name)) { Descriptor = descriptor };

    /// <summary>Closes a descriptor that was passed and not used; refused when there is none.</summary>
    public static QmpCommand<QmpNothing> TakeBack(string name) => new("closefd", QmpNothing.Read, json => json.WriteString("fdname", name));

    /// <summary>Writes the guest's state to a descriptor that was passed.</summary>
    public static QmpCommand<QmpNothing> Save(string name) => new("migrate", QmpNothing.Read, json => json.WriteString("uri", $"fd:{name}"));

    /// <summary>Reads the guest's state from a descriptor that was inherited.</summary>
    public static QmpCommand<QmpNothing> Load(int descriptor) => new("migrate-incoming", QmpNothing.Read, json => json.WriteString("uri", $"fd:{descriptor}"));
}

/// <summary>What <c>query-migrate</c> returns.</summary>
/// <param name="Status">Where it is; null when there has been none.</param>
/// <param name="Done">Bytes of memory written.</param>
/// <param name="Remaining">Bytes of memory still to go.</param>
/// <param name="Error">Why it failed, if QEMU says (7.2 does not say why it could not write).</param>
internal sealed record QmpMigration(string? Status, long Done, long Remaining, string? Error)
{
    /// <summary>Whether nothing is under way. A status that this version does not know may be.</summary>
    public bool IsOver => Status is null or "none" or "completed" or "failed" or "cancelled";

    public bool IsCompleted => Status == "completed";

    public static QmpMigration? Read(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return null;
        value.TryField("ram", out var memory);
        memory.TryNumber("transferred", out var done);
        memory.TryNumber("remaining", out var remaining);
        return new(
            value.TryText("status", out var status) ? status : null, done, remaining, value.TryText("error-desc", out var error) ? error : null);
    }
}
