using VmSupervisor.Actors.Kernel;

namespace VmSupervisor.Actors.Persistence;

/// <summary>Waits for a recovery permit.</summary>
internal sealed class PermitGate(ActorCell cell, Action<RecoveryPermits.Waiter> granted) : Gate(cell, sender: null)
{
    private RecoveryPermits.Waiter? _permit;

    public override void Start() => _permit = Cell.System.RecoveryPermits.Request(Ready);

    public override void Abandon() => _permit?.Dispose();

    protected override void Handle() => granted(_permit!);
}
