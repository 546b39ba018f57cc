using System.Globalization;
using Microsoft.Extensions.Logging;
using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Linux;

namespace VmSupervisor.Hooks;

/// <summary>
/// Runs hooks through a shell of their own, which outlives us, and finds it again through the state directory:
/// <code>
///   result                              → that is the outcome
///   no result, lock held                → somebody lives: wait for the result, or for the lock to get free
///   no result, lock free, claim         → it began, its runner is gone: unknown, never repeated
///   no result, lock free, no claim      → it never began: spawn a runner that inherits the lock and makes the claim
/// </code>
/// The claim is created exclusively, by the runner before the first hook or by <see cref="EndAsync"/>: so of all
/// runners of all supervisors one begins at most, and none after the phase was called off. The lock is inherited by
/// runner and hooks, and only tells that somebody lives.
/// </summary>
internal sealed partial class HookRunner : IHookRunner
{
    /// <summary>
    /// How long after its limit a phase may take to be over: the runner kills at the limit, then it waits half a
    /// second at most for output, and syncs; the rest is for a machine that is busy.
    /// </summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly string state;
    private readonly TimeProvider time;
    private readonly ILogger<HookRunner> logger;
    private readonly LinuxHost host;
    private readonly HookSpawner spawner;
    private readonly HookKiller killer;

    /// <param name="stateDirectory">The supervisor's state directory, absolute; exists.</param>
    /// <param name="node">The node's name, which the hooks are told.</param>
    /// <param name="time">For the deadlines.</param>
    /// <param name="logger">Where trouble is told.</param>
    /// <param name="host">What is used of the host.</param>
    public HookRunner(string stateDirectory, string node, TimeProvider time, ILogger<HookRunner> logger, LinuxHost host)
    {
        state = Path.TrimEndingDirectorySeparator(Path.GetFullPath(stateDirectory));
        this.time = time;
        this.logger = logger;
        this.host = host;
        spawner = new HookSpawner(host.Spawner, host.Readiness, time, node, host.Processes.BootId);
        killer = new HookKiller(host.Processes);
    }

    /// <inheritdoc/>
    public Task<HookOutcome> RunAsync(HookRequest request, CancellationToken cancellationToken) => GuardAsync(request, async files =>
    {
        if (request.Scripts.Count == 0)
            return new HookOutcome(HookStatus.Succeeded, "", "");
        if (files.ReadOutcome() is { } known)
            return known;
        files.MakeDirectory();
        using var overdue = new CancellationTokenSource(request.Limit + Grace, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(overdue.Token, cancellationToken);
        try
        {
            return await RunOnceAsync(request, files, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (overdue.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            LogOverdue(request.Vm, request.Incarnation, request.Phase, request.Limit, Grace);
            return files.TryCancel()
                ? files.Record(new HookResult(HookResult.NotRun, 0, $"the runner did not begin within {request.Limit + Grace}; {files.ReadLog()}"))
                : await KillAsync(files, HookResult.TimedOut, cancellationToken).ConfigureAwait(false);
        }
    });

    /// <inheritdoc/>
    public Task ForgetAsync(VmId vm, Incarnation upTo, CancellationToken cancellationToken)
    {
        try
        {
            var all = HookFiles.OfVm(state, vm);
            foreach (var directory in Directory.Exists(all) ? Directory.GetDirectories(all) : [])
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (long.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= upTo.Value)
                    Directory.Delete(directory, recursive: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotForgotten(vm, e.Message);
        }

        return Task.CompletedTask;
    }

    private async Task<HookOutcome> RunOnceAsync(HookRequest request, HookFiles files, CancellationToken cancellationToken)
    {
        for (var spawned = false; ; spawned = true)
        {
            using var mine = await LockOrResultAsync(files, cancellationToken).ConfigureAwait(false);
            if (files.ReadOutcome() is { } outcome)
                return outcome;
            if (files.IsClaimed)
            {
                return files.Record(files.IsCancelled()
                    ? new HookResult(HookResult.NeverBegan, 0, "")
                    : HookResult.Lost with { Subject = files.ReadLog() });
            }

            if (spawned)
                return NotRun(files, $"the runner ended before it began; {files.ReadLog()}");
            if (mine is null)
                continue;
            switch (await spawner.SpawnAsync(request, files, mine, cancellationToken).ConfigureAwait(false))
            {
                case SpawnResult.Failed failed:
                    return NotRun(files, failed.Reason);
                case SpawnResult.Spawned { Process: var process }:
                    // Only so that it is reaped; the result and the lock tell the rest.
                    _ = host.Exits.WaitAsync(process, CancellationToken.None);
                    process.Dispose();
                    break;
            }
        }
    }

    /// <summary>The phase's lock, once it is free; or null, once there is a result.</summary>
    private async Task<FileLock?> LockOrResultAsync(HookFiles files, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var free = FileLock.AcquireAsync(files.Lock, host.Readiness, time, over.Token);
        var result = FileAppearance.WaitAsync(files.Result, host.Readiness, over.Token);
        await Task.WhenAny(free, result).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await result.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            return await free.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static HookOutcome NotRun(HookFiles files, string reason)
    {
        var result = new HookResult(HookResult.NotRun, 0, reason);
        return files.TryCancel() ? files.Record(result) : files.ReadOutcome() ?? result.ToOutcome("");
    }

    private async Task<HookOutcome> GuardAsync(HookRequest request, Func<HookFiles, Task<HookOutcome>> act)
    {
        var files = new HookFiles(state, request.Vm, request.Incarnation, request.Phase);
        HookOutcome outcome;
        try
        {
            outcome = await act(files).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            outcome = new(files.IsClaimed ? HookStatus.Unknown : HookStatus.Failed, $"{request.Phase.Spell()} hooks: {e.Message}", "");
        }

        LogEnded(request.Vm, request.Incarnation, request.Phase, outcome.Status, outcome.Detail);
        return outcome;
    }
}
