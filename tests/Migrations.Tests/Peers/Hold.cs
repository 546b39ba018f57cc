namespace VmSupervisor.Migrations.Tests.Peers;

/// <summary>The next message of a kind is not carried on until it is let go or lost.</summary>
internal sealed class Hold(Func<PeerMessageSeen, bool> matches)
{
    private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> _carriedOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _taken;

    /// <summary>Completes when the message is there.</summary>
    public Task Seen => _seen.Task;

    public void LetGo() => _carriedOn.TrySetResult(true);

    public void Lose() => _carriedOn.TrySetResult(false);

    /// <summary>Whether the message may go on; null when it is none of this one's.</summary>
    public Task<bool>? TakeIfItMatches(PeerMessageSeen seen)
    {
        if (!matches(seen) || Interlocked.Exchange(ref _taken, 1) == 1)
            return null;
        _seen.TrySetResult();
        return _carriedOn.Task;
    }
}
