namespace VmSupervisor.Migration;

/// <summary>Takes back what was registered, once.</summary>
internal sealed class Registration(Action takeBack) : IDisposable
{
    private Action? _takeBack = takeBack;

    public void Dispose() => Interlocked.Exchange(ref _takeBack, null)?.Invoke();
}
