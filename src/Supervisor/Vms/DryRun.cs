using System.Globalization;
using System.Text.Json.Nodes;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Domain;
using VmSupervisor.Qemu;
using VmSupervisor.Resources.Taps;
using VmSupervisor.Vms.Effects;

namespace VmSupervisor.Vms;

/// <summary>Shows what a start would run.</summary>
internal sealed class DryRun(VmServices services, MachinePins pins)
{
    public async Task<CommandLineResult> CommandLineAsync(VmDefinition definition, CancellationToken cancellationToken)
    {
        definition = await pins.PinAsync(definition, cancellationToken);
        var last = services.Board.Find(definition.Id.ToString())?.Incarnation ?? default;
        var key = EffectRunner.KeyOf(services.World.RunDirectory, definition.Id, last.Next());
        var request = new LaunchRequest(key, definition) { BackEnds = BackEndsOf(definition) };
        return await services.World.Hypervisor.PlanAsync(request, cancellationToken) switch
        {
            PlannedLaunch.Ready ready => new([ready.Executable, .. ready.Arguments], null),
            PlannedLaunch.Impossible impossible => new([], new Problem(ProblemKind.Failed, $"vm {definition.Id}: it would not start: {impossible.Reason}")),
            var other => throw new InvalidOperationException($"{other.GetType().Name} is not a plan"),
        };
    }

    /// <summary>What is behind the devices, as far as it can be told without acquiring it.</summary>
    private BackEnds BackEndsOf(VmDefinition definition) => new(
        definition.Disks.Index().Where(disk => disk.Item.Type != DiskType.File).ToDictionary(disk => Name("disk", disk.Index), disk => Describe(disk.Item)),
        definition.Nics.Index().Where(nic => nic.Item.Type != NicType.User).ToDictionary(nic => Name("net", nic.Index), nic => Describe(definition.Id, nic.Item, nic.Index)));

    private static string Describe(DiskDefinition disk) => disk.Type switch
    {
        DiskType.Loop => $"/dev/(the loop device of {disk.Path})",
        DiskType.Script => $"(the path that {disk.Script} tells of {disk.Path})",
        _ => $"({disk.Type} {disk.Path})",
    };

    private JsonObject Describe(VmId vm, NicDefinition nic, int place) => nic.Type == NicType.Tap
        ? TapNetworks.BackEnd(TapName.Of(new(services.Node, vm), place), nic).Properties
        : new() { ["type"] = $"({nic.Type} {nic.Bridge})" };

    private static string Name(string kind, int place) => string.Create(CultureInfo.InvariantCulture, $"{kind}{place}");
}
