using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Domain;

namespace VmSupervisor.Vms;

/// <summary>
/// The last operations that ended in this life of the actor. The lasting memory is the journal's receipts, looked up
/// before the mailbox; this one covers an operation that ends between that look and the mailbox.
/// </summary>
internal sealed class EndedOperations
{
    private const int Capacity = 256;

    private readonly Dictionary<OperationId, (string Fingerprint, OperationView View)> _byId = [];
    private readonly Queue<OperationId> _order = [];

    public void Add(Operation operation, OperationView view)
    {
        if (_byId.TryAdd(operation.Id, (operation.Fingerprint, view)))
            _order.Enqueue(operation.Id);
        if (_order.Count > Capacity)
            _byId.Remove(_order.Dequeue());
    }

    public (string Fingerprint, OperationView View)? Find(OperationId id) => _byId.TryGetValue(id, out var found) ? found : null;
}
