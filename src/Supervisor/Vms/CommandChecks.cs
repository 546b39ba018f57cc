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
    /// <summary>What was found and what is allowed; null when the command may be given.</summary>
    public string? WhyInvalid(VmId vm, VmCommand command) => command switch
    {
        VmCommand.Define define => WhyInvalid(vm, define.Definition),
        VmCommand.Backup { Directory: var directory } when !directory.StartsWith('/') || directory.Any(char.IsControl) =>
            $"directory: found '{directory}', allowed is an absolute path",
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
