using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Domain;
using VmSupervisor.Vms.Effects;

namespace VmSupervisor.Vms;

/// <summary>Brings definitions to their VMs, with the machine type pinned.</summary>
/// <remarks>
/// From looking at the VM's definition to changing it nobody else defines that VM: a pin must not bring back a definition
/// that somebody has just changed.
/// </remarks>
/// <param name="board">Where the VMs publish.</param>
/// <param name="pins">The machine types.</param>
/// <param name="submit">Tells a VM a wish.</param>
internal sealed class Definer(VmBoard board, MachinePins pins, Func<Submit, CancellationToken, Task<OperationView>> submit)
{
    // VMs share gates: so many defines at the same time are plenty.
    private readonly Gate[] _gates = [.. Enumerable.Range(0, 64).Select(_ => new Gate())];

    public Task<OperationView> DefineAsync(VmDefinition definition, Operation asked, CancellationToken cancellationToken) => GateOf(definition.Id).ExclusivelyAsync(
        async () =>
        {
            var pinned = await pins.PinAsync(definition, cancellationToken);
            return await submit(new Submit(definition.Id, asked, new Wish.Define(pinned)), cancellationToken);
        },
        cancellationToken);

    /// <summary>
    /// Pins what could not be pinned when the VM was defined: then there was no QEMU. The life that runs keeps what it has.
    /// </summary>
    public async Task PinBeforeStartAsync(VmId vm, Operation asked, CancellationToken cancellationToken)
    {
        if (!IsOwed(vm, out _))
            return;
        await GateOf(vm).ExclusivelyAsync(
            async () =>
            {
                // Refused or not, the start follows: it says itself what is wrong.
                if (IsOwed(vm, out var definition) && await pins.PinAsync(definition, cancellationToken) is { PinnedMachine: not null } pinned)
                    await submit(new Submit(vm, OperationOf(asked, pinned), new Wish.Define(pinned)), cancellationToken);
                return true;
            },
            cancellationToken);
    }

    private bool IsOwed(VmId vm, out VmDefinition definition)
    {
        definition = board.FindDefinition(vm)!;
        return definition is { PinnedMachine: null } && board.FindRunningDefinition(vm) is null;
    }

    /// <summary>An operation of its own, the same when the start is asked for again.</summary>
    private static Operation OperationOf(Operation start, VmDefinition pinned)
    {
        var command = new VmCommand.Define(pinned);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{start.Id} {pinned.PinnedMachine}")));
        return new Operation(
            OperationId.Parse($"pin-{Convert.ToHexStringLower(hash.AsSpan(0, 16))}"), command.Kind, start.By, start.At, Wishes.Fingerprint(pinned.Id, command));
    }

    private Gate GateOf(VmId vm) => _gates[vm.Value % _gates.Length];
}
