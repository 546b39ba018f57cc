namespace VmSupervisor.Actors.TestKit;

internal sealed class VirtualTimer(VirtualTime time, Action callback) : ITimer
{
    private bool _isDisposed;

    public static IComparer<VirtualTimer> ByTime { get; } = Comparer<VirtualTimer>.Create(static (a, b) =>
        (a.DueAt, a.Tie, a.Order).CompareTo((b.DueAt, b.Tie, b.Order)));

    public long DueAt { get; set; } = long.MaxValue;

    public long Period { get; set; }

    public ulong Tie { get; set; }

    public long Order { get; set; }

    public void Fire() => callback();

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        if (_isDisposed)
        {
            return false;
        }

        time.Change(this, dueTime, period);
        return true;
    }

    public void Dispose()
    {
        _isDisposed = true;
        time.Remove(this);
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
