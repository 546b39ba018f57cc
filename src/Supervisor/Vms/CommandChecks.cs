using System.Text.Json;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Json;
using VmSupervisor.Vms.Effects;

namespace VmSupervisor.Vms;

/// <summary>What is wrong with a command whatever the state of its VM: whoever sent it, it passes the same checks.</summary>
internal sealed class CommandChecks(World world)
{
    /// <summary>The most that QEMU takes (checked on 7.2).</summary>
    private static readonly TimeSpan LongestDowntime = TimeSpan.FromSeconds(2000);

    /// <summary>What was found and what is allowed; null when the command may be given.</summary>
    public string? WhyInvalid(VmId vm, VmCommand command) => command switch
    {
        VmCommand.Define define => WhyInvalid(vm, define.Definition),
        VmCommand.Backup { Directory: var directory } when !directory.StartsWith('/') || directory.Any(char.IsControl) =>
            $"directory: found '{directory}', allowed is an absolute path",
        VmCommand.Migrate { BytesPerSecond: < 1 } migrate => $"bytesPerSecond: found {migrate.BytesPerSecond}, allowed is 1 or more",
        VmCommand.Migrate { Channels: < 1 or > 16 } migrate => $"channels: found {migrate.Channels}, allowed is 1 to 16",
        VmCommand.Migrate { Downtime: { } downtime } when downtime <= TimeSpan.Zero || downtime > LongestDowntime =>
            $"downtime: found {downtime.TotalSeconds:0.###} s, allowed is more than nothing and at most {LongestDowntime.TotalSeconds:0} s",
        VmCommand.Migrate { Deadline: { } deadline } when deadline < TimeSpan.Zero => $"deadline: found {deadline.TotalSeconds:0.###} s, allowed is 0 (none) or more",
        VmCommand.Migrate { Disks: { Count: > 0 }, Storage: not MigrationStorage.Move } => "disks: found paths for disks that do not go along; allowed is together with storage = move",
        VmCommand.Migrate { Disks: { } disks } when disks.FirstOrDefault(d => !d.Source.StartsWith('/') || !d.Target.StartsWith('/') || d.Target.Any(char.IsControl)) is { } disk =>
            $"disks: found '{disk.Source}={disk.Target}', allowed are two absolute paths",
        VmCommand.MigrateResolve { Fenced: false } resolve =>
            $"the {resolve.Lost.ToString().ToLowerInvariant()} counts as lost only if it is certain that it runs nothing and never will: switch it off or cut it off from its disks, then say so with --fenced",
        VmCommand.Backup { BytesPerSecond: < 1 } backup => $"bytesPerSecond: found {backup.BytesPerSecond}, allowed is 1 or more",
        _ => null,
    };

    /// <summary>The same for a definition.</summary>
    public string? WhyInvalid(VmId vm, VmDefinition definition)
    {
        if (definition.Id != vm)
            return $"the definition is for vm {definition.Id}";
        if (EffectRunner.FilesOf(world, vm).SocketProblem is { } tooLong)
            return tooLong;
        var form = JsonSerializer.SerializeToElement(definition, ContractsJson.Options);
        var faults = DefinitionReader.Read(form).Faults;
        return faults.Count == 0 ? null : string.Join("; ", faults);
    }
}
