namespace VmSupervisor.Qemu.Qmp;

/// <summary>How much a peer may send before it is not believed any more.</summary>
internal sealed record QmpLimits
{
    /// <summary>The longest line in bytes. The longest of QEMU 7.2, <c>query-qmp-schema</c>, has 0.2 MiB.</summary>
    public int MaxLine { get; init; } = 4 << 20;

    /// <summary>How many events are kept for a consumer that does not take them: at some 200 bytes each, 100 MiB.</summary>
    public int MaxBacklog { get; init; } = 500_000;
}
