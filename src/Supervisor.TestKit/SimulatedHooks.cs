using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Hooks;

namespace VmSupervisor.TestKit;

/// <summary>Hooks in virtual time; their claims outlive supervisors.</summary>
internal sealed class SimulatedHooks(TimeProvider time) : IHookRunner
{
    private readonly Dictionary<(VmId, Incarnation, HookPhase), Task<HookOutcome>> _claims = [];
    private readonly Dictionary<(VmId, Incarnation, HookPhase), TaskCompletionSource> _kills = [];

    /// <summary>Every phase that began, in order.</summary>
    public List<(VmId Vm, Incarnation Incarnation, HookPhase Phase, string Cause)> Log { get; } = [];

    /// <summary>Every phase that ended, in order.</summary>
    public List<(VmId Vm, Incarnation Incarnation, HookPhase Phase, HookStatus Status)> Ended { get; } = [];

    /// <summary>How long a phase takes; past its limit it is killed.</summary>
    public Func<HookPhase, TimeSpan> Takes { get; set; } = _ => TimeSpan.FromMilliseconds(5);

    /// <summary>Which phases fail.</summary>
    public Func<HookPhase, bool> Fails { get; set; } = _ => false;

    public async Task<HookOutcome> RunAsync(HookRequest request, CancellationToken cancellationToken)
    {
        var key = (request.Vm, request.Incarnation, request.Phase);
        if (!_claims.TryGetValue(key, out var running))
        {
            Log.Add((request.Vm, request.Incarnation, request.Phase, request.Cause));
            _kills[key] = new TaskCompletionSource();
            _claims[key] = running = PlayAsync(request, _kills[key].Task);
        }

        return await running.WaitAsync(cancellationToken);
    }

    public async Task<HookOutcome> EndAsync(HookRequest request, CancellationToken cancellationToken)
    {
        var key = (request.Vm, request.Incarnation, request.Phase);
        if (_kills.TryGetValue(key, out var kill))
            kill.TrySetResult();
        else
            _claims.TryAdd(key, Task.FromResult(new HookOutcome(HookStatus.NeverBegan, "", "")));
        return await _claims[key].WaitAsync(cancellationToken);
    }

    public Task ForgetAsync(VmId vm, Incarnation upTo, CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<HookOutcome> PlayAsync(HookRequest request, Task killed)
    {
        var takes = Takes(request.Phase);
        var over = Task.Delay(takes < request.Limit ? takes : request.Limit, time);
        await Task.WhenAny(over, killed);
        var hook = request.Scripts is [var first, ..] ? first : "";
        var outcome = killed.IsCompleted ? Outcome(HookResult.Killed, hook)
            : takes > request.Limit ? Outcome(HookResult.TimedOut, hook)
            : Fails(request.Phase) ? Outcome(HookResult.Failed, hook)
            : Outcome(HookResult.Succeeded, hook);
        Ended.Add((request.Vm, request.Incarnation, request.Phase, outcome.Status));
        return outcome;
    }

    // In the words of the real runner.
    private static HookOutcome Outcome(string verdict, string hook) => new HookResult(verdict, 1, hook).ToOutcome("");
}
