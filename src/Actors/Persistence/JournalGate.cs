using VmSupervisor.Actors.Kernel;

namespace VmSupervisor.Actors.Persistence;

/// <summary>
/// One call of the journal that the actor waits for, with a time limit: whichever of answer, failure and limit comes
/// first is the outcome.
/// </summary>
internal sealed class JournalGate<T>(
    ActorCell cell, IActorRef? sender, Func<CancellationToken, Task<T>> work, TimeSpan limit, string overdue,
    Action<T> done, Action<Exception> failed, Action? abandoned = null)
    : Gate(cell, sender)
{
    private readonly CancellationTokenSource _cancel = new();
    private ITimer? _timer;
    private Action? _outcome;

    public override void Start()
    {
        _timer = Cell.System.Time.CreateTimer(
            _ => End(() => failed(new TimeoutException($"{overdue} ({limit} at most)"))),
            null, limit, Timeout.InfiniteTimeSpan);
        _ = Task.Factory.StartNew(
            RunAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, Cell.System.Dispatcher.Scheduler);
    }

    public override void Abandon()
    {
        _timer?.Dispose();
        CancelLater();
        abandoned?.Invoke();
    }

    protected override void Handle()
    {
        _timer?.Dispose();
        _outcome!();
    }

    private async Task RunAsync()
    {
        try
        {
            var result = await work(_cancel.Token);
            End(() => done(result));
        }
        catch (Exception e)
        {
            End(() => failed(e));
        }
    }

    private void End(Action outcome)
    {
        if (Interlocked.CompareExchange(ref _outcome, outcome, null) is null)
        {
            CancelLater();
            Ready();
        }
    }

    private void CancelLater() =>
        Cell.System.Dispatcher.Execute(new Cancellation(_cancel, Cell.Self.Path, Cell.System.Logger));
}
