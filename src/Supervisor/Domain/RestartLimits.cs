namespace VmSupervisor.Domain;

/// <summary>How often and how soon a VM is started again by its restart policy.</summary>
internal sealed record RestartLimits
{
    /// <summary>Before the first restart; each further one waits twice as long. A second, so that a fault is seen before it repeats.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>No restart waits longer; five minutes, as Kubernetes' back-off.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How many restarts within the window; the next failure leaves the VM down. Five, as systemd's start limit.</summary>
    public int Limit { get; init; } = 5;

    /// <summary>The window of the limit.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>A VM that has run so long since its last restart starts counting anew.</summary>
    public TimeSpan GoodAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Spreads the restarts of VMs that failed together; the same seed gives the same delays.</summary>
    public ulong Seed { get; init; }
}
