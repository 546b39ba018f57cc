using System.Text.Json;
using VmSupervisor.Contracts.Json;
using VmSupervisor.Contracts.Text;

namespace VmSupervisor.Contracts.Definitions;

/// <summary>Writes definitions in the form that <see cref="DefinitionReader"/> reads, every default filled in.</summary>
public static class DefinitionWriter
{
    /// <summary>The definition as <c>{"vm": {…}}</c> on one line.</summary>
    public static string ToJson(VmDefinition definition) => JsonSerializer.Serialize(definition, ContractsJson.Options);

    /// <summary>Writes the definition as <c>{"vm": {…}}</c>.</summary>
    public static void Write(Utf8JsonWriter writer, VmDefinition definition)
    {
        writer.WriteStartObject();
        writer.WriteStartObject(DefinitionReader.RootKey);
        writer.WriteNumber("id", definition.Id.Value);
        writer.WriteString("name", definition.Name);
        WriteWhenTold(writer, "uuid", definition.Uuid);
        writer.WriteNumber("memory", definition.Memory);
        writer.WriteNumber("cpus", definition.Cpus);
        WriteCpu(writer, definition);
        if (definition.MemoryLimit is { } memoryLimit)
            writer.WriteNumber("memory-limit", memoryLimit);
        if (definition.CpuLimit is { } cpuLimit)
            writer.WriteNumber("cpu-limit", cpuLimit);
        writer.WriteString("machine", definition.Machine);
        WriteWhenTold(writer, "pinned-machine", definition.PinnedMachine);
        writer.WriteString("accel", EnumNames<Accelerator>.Of(definition.Accel));
        writer.WriteString("firmware", EnumNames<Firmware>.Of(definition.Firmware));
        WriteWhenTold(writer, "bios", definition.Bios);
        WriteWhenTold(writer, "kernel", definition.Kernel);
        WriteWhenTold(writer, "initrd", definition.Initrd);
        WriteWhenTold(writer, "cmdline", definition.Cmdline);
        WriteList(writer, "boot", definition.Boot);
        WriteDisks(writer, definition.Disks);
        WriteNics(writer, definition.Nics);
        writer.WriteBoolean("rng", definition.Rng);
        writer.WriteBoolean("balloon", definition.Balloon);
        writer.WriteBoolean("agent", definition.Agent);
        writer.WriteBoolean("pvpanic", definition.Pvpanic);
        writer.WriteString("watchdog", EnumNames<Watchdog>.Of(definition.Watchdog));
        WriteList(writer, "hooks", definition.Hooks);
        writer.WriteString("restart", EnumNames<RestartPolicy>.Of(definition.Restart));
        writer.WriteString("on-panic", EnumNames<PanicPolicy>.Of(definition.OnPanic));
        writer.WriteBoolean("autostart", definition.Autostart);
        writer.WriteStartObject("startup");
        writer.WriteNumber("order", definition.StartupOrder);
        writer.WriteString("delay", Duration.Format(definition.StartupDelay));
        writer.WriteEndObject();
        writer.WriteString("shutdown-timeout", Duration.Format(definition.ShutdownTimeout));
        WriteList(writer, "qemu-args", definition.QemuArgs);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteCpu(Utf8JsonWriter writer, VmDefinition definition)
    {
        WriteWhenTold(writer, "cpu", definition.Cpu);
        WriteList(writer, "cpu-flags", definition.CpuFlags);
        if (definition.Topology is not { } topology)
            return;
        writer.WriteStartObject("topology");
        writer.WriteNumber("sockets", topology.Sockets);
        writer.WriteNumber("dies", topology.Dies);
        writer.WriteNumber("cores", topology.Cores);
        writer.WriteNumber("threads", topology.Threads);
        writer.WriteEndObject();
    }

    private static void WriteDisks(Utf8JsonWriter writer, ValueList<DiskDefinition> disks)
    {
        writer.WriteStartArray("disks");
        foreach (var disk in disks)
        {
            writer.WriteStartObject();
            writer.WriteString("type", disk.Type);
            writer.WriteString(disk.Type is DiskType.File or DiskType.Loop ? "path" : "volume", disk.Path);
            WriteWhenTold(writer, "script", disk.Script);
            writer.WriteString("format", EnumNames<DiskFormat>.Of(disk.Format));
            writer.WriteString("bus", EnumNames<DiskBus>.Of(disk.Bus));
            writer.WriteBoolean("readonly", disk.Readonly);
            writer.WriteString("media", EnumNames<DiskMedia>.Of(disk.Media));
            writer.WriteString("cache", EnumNames<DiskCache>.Of(disk.Cache));
            writer.WriteString("discard", EnumNames<DiskDiscard>.Of(disk.Discard));
            writer.WriteBoolean("iothread", disk.Iothread);
            WriteWhenTold(writer, "serial", disk.Serial);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteNics(Utf8JsonWriter writer, ValueList<NicDefinition> nics)
    {
        writer.WriteStartArray("nics");
        foreach (var nic in nics)
        {
            writer.WriteStartObject();
            writer.WriteString("type", nic.Type);
            WriteWhenTold(writer, "bridge", nic.Bridge);
            writer.WriteString("mac", nic.Mac ?? "auto");
            WriteWhenTold(writer, "vlan", nic.Vlan);
            WriteWhenTold(writer, "mtu", nic.Mtu);
            if (nic.Type != NicType.User)
                writer.WriteNumber("queues", nic.Queues);
            writer.WriteString("link", EnumNames<NicLink>.Of(nic.Link));
            if (nic.Type == NicType.User)
                WriteForwards(writer, nic.Forward);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteForwards(Utf8JsonWriter writer, ValueList<PortForward> forwards)
    {
        writer.WriteStartArray("forward");
        foreach (var forward in forwards)
        {
            writer.WriteStartObject();
            writer.WriteString("protocol", EnumNames<ForwardProtocol>.Of(forward.Protocol));
            writer.WriteString("address", forward.Address);
            writer.WriteNumber("port", forward.Port);
            writer.WriteNumber("guest-port", forward.GuestPort);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteList(Utf8JsonWriter writer, string key, ValueList<string> items)
    {
        writer.WriteStartArray(key);
        foreach (var item in items)
            writer.WriteStringValue(item);
        writer.WriteEndArray();
    }

    private static void WriteWhenTold(Utf8JsonWriter writer, string key, string? value)
    {
        if (value is not null)
            writer.WriteString(key, value);
    }

    private static void WriteWhenTold(Utf8JsonWriter writer, string key, int? value)
    {
        if (value is not null)
            writer.WriteNumber(key, value.Value);
    }
}
