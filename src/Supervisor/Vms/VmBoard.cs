using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Domain;
using VmSupervisor.Vms.Views;

namespace VmSupervisor.Vms;

/// <summary>
/// What the VMs last published, for those who read: views, operations under way, the journal's newest position. Readers
/// never wait for a VM, and a VM never for a reader.
/// </summary>
internal sealed class VmBoard
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<VmId, (VmView View, VmDefinition Definition, VmDefinition? Running)> _vms = [];
    private readonly Dictionary<OperationId, (OperationView View, string Fingerprint)> _operations = [];
    private readonly SortedDictionary<VmId, string> _unavailable = [];
    private readonly List<IBoardWaiter> _waiters = [];
    private TaskCompletionSource _moved = NewSignal();
    private long _position;

    public long Position
    {
        get
        {
            lock (_lock)
                return _position;
        }
    }

    public IReadOnlyList<VmView> List()
    {
        lock (_lock)
            return [.. _vms.Values.Select(v => v.View)];
    }

    public VmView? Find(string idOrName)
    {
        lock (_lock)
        {
            return VmId.TryParse(idOrName, out var id)
                ? _vms.GetValueOrDefault(id).View
                : _vms.Values.Select(v => v.View).FirstOrDefault(v => v.Name == idOrName);
        }
    }

    public VmDefinition? FindDefinition(VmId vm)
    {
        lock (_lock)
            return _vms.GetValueOrDefault(vm).Definition;
    }

    public VmDefinition? FindRunningDefinition(VmId vm)
    {
        lock (_lock)
            return _vms.GetValueOrDefault(vm).Running;
    }

    public IReadOnlyList<OperationView> Operations()
    {
        lock (_lock)
            return [.. _operations.Values.Select(o => o.View).OrderBy(o => o.RequestedAt).ThenBy(o => o.Id.Value, StringComparer.Ordinal)];
    }

    /// <summary>An operation under way, and what exactly was asked; null when there is none of that id.</summary>
    public (OperationView View, string Fingerprint)? FindOperation(OperationId id)
    {
        lock (_lock)
            return _operations.TryGetValue(id, out var found) ? found : null;
    }

    /// <summary>VMs that could not be recovered, and why, a line each.</summary>
    public IReadOnlyList<string> Problems()
    {
        lock (_lock)
            return [.. _unavailable.Select(u => $"vm {u.Key}: {u.Value}")];
    }

    /// <summary>The VMs that could not be recovered.</summary>
    public IReadOnlyList<VmId> Unavailable()
    {
        lock (_lock)
            return [.. _unavailable.Keys];
    }

    public string? WhyUnavailable(VmId vm)
    {
        lock (_lock)
            return _unavailable.GetValueOrDefault(vm);
    }

    /// <param name="vm">The VM.</param>
    /// <param name="view">How it is shown; null when it is not defined.</param>
    /// <param name="definition">What it is to be from its next start on.</param>
    /// <param name="running">What its life was started with; null when there is none.</param>
    public void Publish(VmId vm, VmView? view, VmDefinition? definition, VmDefinition? running = null)
    {
        lock (_lock)
        {
            _unavailable.Remove(vm);
            if (view is null || definition is null)
                _vms.Remove(vm);
            else
                _vms[vm] = (view, definition, running);
            Serve(w => w.See(vm, view));
        }
    }

    public void Unavailable(VmId vm, string why)
    {
        lock (_lock)
            _unavailable[vm] = why;
    }

    public void OperationBegan(VmId vm, Operation operation)
    {
        lock (_lock)
            _operations[operation.Id] = (OperationViews.Running(vm, operation), operation.Fingerprint);
    }

    /// <summary>How far an operation has come; it is not journaled.</summary>
    public void OperationProgressed(OperationId id, OperationProgress progress)
    {
        lock (_lock)
        {
            if (_operations.TryGetValue(id, out var known))
                _operations[id] = (known.View with { Progress = progress }, known.Fingerprint);
        }
    }

    public void OperationEnded(OperationView view)
    {
        lock (_lock)
        {
            _operations.Remove(view.Id);
            Serve(w => w.See(view));
        }
    }

    /// <summary>
    /// A VM was brought back, and these of its operations are under way. Others that were have ended meanwhile: the
    /// journal had taken what its actor could not be told. Whoever waits for one finds its end in the receipts.
    /// </summary>
    public void OperationsRecovered(VmId vm, IEnumerable<Operation> operations)
    {
        lock (_lock)
        {
            var pending = operations.ToArray();
            foreach (var gone in _operations.Values.Where(o => o.View.Vm == vm && pending.All(p => p.Id != o.View.Id)).Select(o => o.View.Id).ToArray())
            {
                _operations.Remove(gone);
                Serve(w => w.Lose(gone));
            }

            foreach (var operation in pending)
                OperationBegan(vm, operation);
        }
    }

    /// <summary>The journal has visible events up to a position.</summary>
    public void PositionReached(long position)
    {
        TaskCompletionSource moved;
        lock (_lock)
        {
            if (position <= _position)
                return;
            _position = position;
            moved = _moved;
            _moved = NewSignal();
        }

        moved.SetResult();
    }

    /// <summary>Returns when the journal has visible events after a position.</summary>
    public async Task WaitForPositionAsync(long after, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task moved;
            lock (_lock)
            {
                if (_position > after)
                    return;
                moved = _moved.Task;
            }

            await moved.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The first view, from the current one on, that satisfies the condition; every published view is offered.</summary>
    public Task<VmView?> WaitForViewAsync(VmId vm, Func<VmView?, bool> condition, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var current = _vms.GetValueOrDefault(vm).View;
            return condition(current)
                ? Task.FromResult<VmView?>(current)
                : Wait(new ViewWaiter(vm, condition), cancellationToken);
        }
    }

    /// <summary>The end of an operation that is under way; null when none of that id is, or when it ended unseen.</summary>
    public Task<OperationView?> WaitForEndAsync(OperationId id, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _operations.ContainsKey(id)
                ? Wait(new OperationWaiter(id), cancellationToken)
                : Task.FromResult<OperationView?>(null);
        }
    }

    private Task<T?> Wait<T>(BoardWaiter<T> waiter, CancellationToken cancellationToken)
        where T : class
    {
        _waiters.Add(waiter);
        var registration = cancellationToken.Register(() =>
        {
            lock (_lock)
                _waiters.Remove(waiter);
            waiter.Cancel(cancellationToken);
        });
        return waiter.Unregister(registration);
    }

    private void Serve(Func<IBoardWaiter, bool> see) => _waiters.RemoveAll(w => see(w));

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
