using Microsoft.Extensions.Logging;
using VmSupervisor.Linux;

namespace VmSupervisor.Qemu.Accelerators;

/// <summary>
/// Decides <c>accel = auto</c>: KVM only where nothing speaks against it and it was seen to run a guest. The trial is
/// made when it is first asked for, once per boot of the host and QEMU; nobody who names the accelerator waits for it.
/// </summary>
internal sealed partial class AcceleratorChoice(
    HostEvidence evidence, KvmTrial trial, ProcFs processes, string stateDirectory, ILogger<AcceleratorChoice> logger)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Task<AcceleratorVerdict>> tried = [];
    private AcceleratorVerdict? told;

    /// <summary>The verdict for a QEMU; cancelling gives up waiting only.</summary>
    public async Task<AcceleratorVerdict> DecideAsync(string qemu, CancellationToken cancellationToken)
    {
        var verdict = await FindAsync(qemu, cancellationToken);
        lock (gate)
        {
            // Once for all the launches that it is the same for.
            if (told == verdict)
                return verdict;
            told = verdict;
        }

        LogDecided(verdict.Reason);
        return verdict;
    }

    private Task<AcceleratorVerdict> FindAsync(string qemu, CancellationToken cancellationToken)
    {
        // Asked every time, since modules are loaded and permissions given while we run; the trial is not repeated.
        if (evidence.AgainstKvm() is { } against)
            return Task.FromResult(new AcceleratorVerdict(false, $"tcg: {against}"));
        lock (gate)
        {
            var key = TrialMemory.KeyOf(processes.BootId, qemu);
            if (!tried.TryGetValue(key, out var verdict))
                tried.Add(key, verdict = TryAsync(key, qemu));
            return verdict.WaitAsync(cancellationToken);
        }
    }

    private async Task<AcceleratorVerdict> TryAsync(string key, string qemu)
    {
        var memory = new TrialMemory(Path.Combine(stateDirectory, "accelerator.json"));
        if (memory.Recall(key) is not { } outcome)
        {
            outcome = await trial.RunAsync(qemu, "kvm", Path.Combine(stateDirectory, "kvm-probe"));
            if (outcome.Conclusive)
                memory.Keep(key, outcome);
        }

        return outcome.Works
            ? new(true, $"kvm: {outcome.Reason}")
            : new(false, $"tcg: KVM is here and was tried: {outcome.Reason}");
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "accel = auto means {Reason}")]
    private partial void LogDecided(string reason);
}
