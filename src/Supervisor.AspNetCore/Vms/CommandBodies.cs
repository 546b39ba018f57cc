using VmSupervisor.AspNetCore.Routing;
using VmSupervisor.Contracts.Commands;

namespace VmSupervisor.AspNetCore.Vms;

/// <summary>The commands that are posted, each with its own fields as the body.</summary>
internal static class CommandBodies
{
    /// <summary>How each is read, by the name it has in the address.</summary>
    public static IReadOnlyList<(string Name, Func<byte[], VmCommand> Read)> ByName { get; } =
    [
        ("start", RequestBody.Read<VmCommand.Start>),
        ("stop", RequestBody.Read<VmCommand.Stop>),
        ("shutdown", RequestBody.Read<VmCommand.Shutdown>),
        ("reboot", RequestBody.Read<VmCommand.Reboot>),
        ("backup", RequestBody.Read<VmCommand.Backup>),
        ("suspend-to-disk", RequestBody.Read<VmCommand.SuspendToDisk>),
        ("migrate", RequestBody.Read<VmCommand.Migrate>),
        ("migrate-resolve", RequestBody.Read<VmCommand.MigrateResolve>),
        ("reset", RequestBody.Read<VmCommand.Reset>),
        ("pause", RequestBody.Read<VmCommand.Pause>),
        ("resume", RequestBody.Read<VmCommand.Resume>),
    ];
}
