namespace VmSupervisor.AspNetCore.Remoting;

/// <summary>Until when an answer is of use: a limit, or the end of whoever asked.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource? _timer;
    private readonly CancellationTokenSource _either;

    /// <param name="limit">From now on; null for none.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it as well.</param>
    public Deadline(TimeSpan? limit, TimeProvider time, CancellationToken cancellationToken)
    {
        _timer = limit is { } span ? new CancellationTokenSource(span, time) : null;
        _either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _timer?.Token ?? CancellationToken.None);
    }

    public CancellationToken Token => _either.Token;

    public void Dispose()
    {
        _either.Dispose();
        _timer?.Dispose();
    }
}
