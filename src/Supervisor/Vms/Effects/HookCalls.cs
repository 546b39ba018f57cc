using VmSupervisor.Contracts;
using VmSupervisor.Domain;

namespace VmSupervisor.Vms.Effects;

/// <summary>The calls of hooks that have not returned yet, given up or not.</summary>
internal sealed class HookCalls
{
    private readonly Lock _lock = new();
    private readonly List<(Incarnation Incarnation, TaskCompletionSource Over)> _calls = [];

    /// <summary>
    /// Makes a call. It is noted before it is seen whether it is still wanted: so whoever gave it up and then waits for all
    /// calls either waits for this one, or it is not made.
    /// </summary>
    public async Task<HookOutcome> RunAsync(Incarnation incarnation, Func<Task<HookOutcome>> call, CancellationToken cancellationToken)
    {
        var entry = (incarnation, new TaskCompletionSource());
        lock (_lock)
            _calls.Add(entry);
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            return await call();
        }
        finally
        {
            lock (_lock)
                _calls.Remove(entry);
            entry.Item2.SetResult();
        }
    }

    /// <summary>Waits until no call for these lives is under way.</summary>
    public async Task AreOverAsync(Incarnation upTo, CancellationToken cancellationToken)
    {
        Task[] calls;
        lock (_lock)
            calls = [.. _calls.Where(c => c.Incarnation.CompareTo(upTo) <= 0).Select(c => c.Over.Task)];
        await Task.WhenAll(calls).WaitAsync(cancellationToken);
    }
}
