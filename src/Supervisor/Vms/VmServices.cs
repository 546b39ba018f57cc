using Microsoft.Extensions.Logging;
using VmSupervisor.Actors.Persistence;
using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Vms.Effects;

namespace VmSupervisor.Vms;

/// <summary>What the VMs of a node share.</summary>
/// <param name="Node">The node's name.</param>
/// <param name="Journal">Where their events are.</param>
/// <param name="World">The ports of their effects.</param>
/// <param name="Board">Where they publish.</param>
/// <param name="Limits">How long the steps of their lives may take.</param>
/// <param name="Logger">Where they log.</param>
internal sealed record VmServices(string Node, IJournal Journal, World World, VmBoard Board, Limits Limits, ILogger Logger)
{
    /// <summary>How long a migration may take when nobody says; null for ever.</summary>
    public TimeSpan? MigrationDeadline { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Told every decision when it is made, before it is journaled: by whom the ways that were taken are counted.</summary>
    public Action<VmId, VmState, Input, Decision>? Decided { get; init; }
}
