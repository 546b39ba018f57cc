using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Vms;

/// <summary>Somebody who waits for what the board will show. All of it happens under the board's lock.</summary>
internal interface IBoardWaiter
{
    /// <summary>Whether it has what it waited for.</summary>
    bool See(VmId vm, VmView? view) => false;

    bool See(OperationView view) => false;

    /// <summary>Whether it waited for an operation that has ended unseen.</summary>
    bool Lose(OperationId id) => false;
}

/// <summary>A waiter and its task, which goes on off the board's lock.</summary>
internal abstract class BoardWaiter<T> : IBoardWaiter
    where T : class
{
    private readonly TaskCompletionSource<T?> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected bool End(T? value) => _done.TrySetResult(value);

    public void Cancel(CancellationToken token) => _done.TrySetCanceled(token);

    public async Task<T?> Unregister(CancellationTokenRegistration registration)
    {
        await using (registration)
            return await _done.Task;
    }
}

internal sealed class ViewWaiter(VmId vm, Func<VmView?, bool> condition) : BoardWaiter<VmView>, IBoardWaiter
{
    bool IBoardWaiter.See(VmId seen, VmView? view) => seen == vm && condition(view) && End(view);
}

internal sealed class OperationWaiter(OperationId id) : BoardWaiter<OperationView>, IBoardWaiter
{
    bool IBoardWaiter.See(OperationView view) => view.Id == id && End(view);

    bool IBoardWaiter.Lose(OperationId lost) => lost == id && End(null);
}
