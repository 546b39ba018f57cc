using VmSupervisor.Contracts;

namespace VmSupervisor.Vms;

/// <summary>
/// The operation ids that are being submitted right now, node-wide. Between the look-up of an earlier answer and a VM's
/// own memory, the same id could otherwise reach two VMs.
/// </summary>
internal sealed class OperationsInFlight
{
    private readonly Lock _lock = new();
    private readonly Dictionary<OperationId, (string Fingerprint, int Count)> _submits = [];

    /// <summary>Takes the id for this content, with others that submit the same; null when it is in use for another one.</summary>
    public IDisposable? Enter(OperationId id, string fingerprint)
    {
        lock (_lock)
        {
            var (known, count) = _submits.GetValueOrDefault(id, (fingerprint, 0));
            if (known != fingerprint)
                return null;
            _submits[id] = (fingerprint, count + 1);
            return new Leaving(this, id);
        }
    }

    private void Leave(OperationId id)
    {
        lock (_lock)
        {
            var (fingerprint, count) = _submits[id];
            if (count == 1)
                _submits.Remove(id);
            else
                _submits[id] = (fingerprint, count - 1);
        }
    }

    private sealed class Leaving(OperationsInFlight owner, OperationId id) : IDisposable
    {
        private bool _left;

        public void Dispose()
        {
            if (_left)
                return;
            _left = true;
            owner.Leave(id);
        }
    }
}
