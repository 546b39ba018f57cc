using VmSupervisor.Domain;

namespace VmSupervisor.Hooks;

/// <summary>Ending a phase that is not wanted any more, or that does not end by itself.</summary>
internal sealed partial class HookRunner
{
    /// <inheritdoc/>
    public Task<HookOutcome> EndAsync(HookRequest request, CancellationToken cancellationToken) => GuardAsync(request, async files =>
    {
        if (request.Scripts.Count == 0)
            return new HookOutcome(HookStatus.NeverBegan, "", "");
        files.MakeDirectory();
        if (files.ReadOutcome() is { } known)
            return known;
        if (files.TryCancel() || files.IsCancelled())
            return files.Record(new HookResult(HookResult.NeverBegan, 0, ""));

        using var overdue = new CancellationTokenSource(Grace, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(overdue.Token, cancellationToken);
        try
        {
            await files.RunnerIsNamedAsync(host.Readiness, either.Token).ConfigureAwait(false);
            if (killer.Ask(files))
            {
                using var gone = await LockOrResultAsync(files, either.Token).ConfigureAwait(false);
                return files.ReadOutcome() ?? files.Record(HookResult.Lost);
            }
        }
        catch (OperationCanceledException) when (overdue.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // The runner does not react: then without it.
        }

        return await KillAsync(files, HookResult.Killed, cancellationToken).ConfigureAwait(false);
    });

    private async Task<HookOutcome> KillAsync(HookFiles files, string verdict, CancellationToken cancellationToken)
    {
        var killed = killer.Kill(files);
        using var patience = new CancellationTokenSource(Grace, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using var gone = await LockOrResultAsync(files, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // Uninterruptible, or a daemon that kept the lock: neither is waited for.
        }

        return files.ReadOutcome() ?? files.Record(killed ? new HookResult(verdict, 0, "") : HookResult.Lost);
    }
}
