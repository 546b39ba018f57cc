namespace VmSupervisor.Actors.Kernel;

/// <summary>Work that an actor has begun; the cell keeps it while it runs, to cancel it with the life it belongs to.</summary>
internal abstract class Effect(ActorCell cell) : IEffect
{
    private readonly CancellationTokenSource _cancel = new();

    public long Life { get; } = cell.Life;

    protected CancellationToken Token => _cancel.Token;

    public void Cancel() =>
        cell.System.Dispatcher.Execute(new Cancellation(_cancel, cell.Self.Path, cell.System.Logger));

    public void Start() =>
        _ = Task.Factory.StartNew(
            static e => ((Effect)e!).RunAsync(), this, CancellationToken.None, TaskCreationOptions.DenyChildAttach,
            cell.System.Dispatcher.Scheduler);

    protected abstract Task<Outcome> WorkAsync();

    private async Task RunAsync() => cell.Self.Tell(await WorkAsync());

    internal sealed class Outcome(Effect effect, object message, Exception? fault) : IAutoReceived
    {
        public object Message => message;

        public void Deliver(ActorCell cell)
        {
            if (!cell.EndEffect(effect))
            {
                cell.System.DeadLetters.Publish(new DeadLetter(message, null, cell.Self));
            }
            else if (fault is not null)
            {
                throw new InvalidOperationException("the failure message of an effect could not be made", fault);
            }
            else
            {
                cell.Deliver(message);
            }
        }
    }
}

internal sealed class Effect<T>(
    ActorCell cell, Func<CancellationToken, Task<T>> work, Func<T, object> success, Func<Exception, object> failure)
    : Effect(cell)
{
    protected override async Task<Outcome> WorkAsync()
    {
        Exception cause;
        try
        {
            return new Outcome(this, success(await work(Token)), fault: null);
        }
        catch (Exception e)
        {
            cause = e;
        }

        try
        {
            return new Outcome(this, failure(cause), fault: null);
        }
        catch (Exception e)
        {
            return new Outcome(this, new Failure(e), e);
        }
    }
}
