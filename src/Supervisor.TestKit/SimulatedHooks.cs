using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Hooks;

namespace VmSupervisor.TestKit;

/// <summary>Hooks in virtual time; their claims outlive supervisors.</summary>
internal sealed class SimulatedHooks(TimeProvider time) : IHookRunner
{
    private readonly Dictionary<(VmId, Incarnation, HookPhase), Task<HookOutcome>> _claims = [];
    private readonly Dictionary<(VmId, Incarnation, HookPhase), TaskCompletionSource> _kills = [];

    private readonly Dictionary<HookPhase, TaskCompletionSource> _gates = [];

    /// <summary>Every phase that began, in order.</summary>
    public List<(VmId Vm, Incarnation Incarnation, HookPhase Phase, string Cause)> Log { get; } = [];

    /// <summary>Every phase that ended, in order.</summary>
    public List<(VmId Vm, Incarnation Incarnation, HookPhase Phase, HookStatus Status)> Ended { get; } = [];

    /// <summary>How long a phase takes; past its limit it is killed.</summary>
    public Func<HookPhase, TimeSpan> Takes { get; set; } = _ => TimeSpan.FromMilliseconds(5);

    /// <summary>Which phases fail.</summary>
    public Func<HookPhase, bool> Fails { get; set; } = _ => false;

    /// <summary>Whether a phase that began is never begun again. A runner that looks at no claim is one that nobody may have.</summary>
    public bool KeepsClaims { get; set; } = true;

    /// <summary>Called with every phase that begins, before it does.</summary>
    public Action<HookRequest>? OnRun { get; set; }

    /// <summary>The host goes down: whoever ran hooks is gone, and their claims stay without a result.</summary>
    public void Reboot()
    {
        foreach (var key in _claims.Where(c => !c.Value.IsCompleted).Select(c => c.Key).ToArray())
        {
            _claims[key] = Task.FromResult(new HookOutcome(HookStatus.Unknown, "whoever ran it is gone", ""));
            _kills.Remove(key);
        }
    }

    /// <summary>Hooks of a phase that begin from now on do not end before they are let go.</summary>
    public void Hold(HookPhase phase) => _gates.TryAdd(phase, new TaskCompletionSource());

    /// <summary>Those that are held go on, and later ones are not held.</summary>
    public void LetGo(HookPhase phase)
    {
        if (_gates.Remove(phase, out var gate))
            gate.SetResult();
    }

    public async Task<HookOutcome> RunAsync(HookRequest request, CancellationToken cancellationToken)
    {
        var key = (request.Vm, request.Incarnation, request.Phase);
        if (!_claims.TryGetValue(key, out var running) || !KeepsClaims)
        {
            OnRun?.Invoke(request);
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
        var over = Task.WhenAll(Task.Delay(Takes(request.Phase), time), _gates.GetValueOrDefault(request.Phase)?.Task ?? Task.CompletedTask);
        var first = await Task.WhenAny(killed, over, Task.Delay(request.Limit, time));
        var hook = request.Scripts is [var script, ..] ? script : "";
        var outcome = killed.IsCompleted ? Outcome(HookResult.Killed, hook)
            : first != over ? Outcome(HookResult.TimedOut, hook)
            : Fails(request.Phase) ? Outcome(HookResult.Failed, hook)
            : Outcome(HookResult.Succeeded, hook);
        Ended.Add((request.Vm, request.Incarnation, request.Phase, outcome.Status));
        return outcome;
    }

    // In the words of the real runner.
    private static HookOutcome Outcome(string verdict, string hook) => new HookResult(verdict, 1, hook).ToOutcome("");
}
