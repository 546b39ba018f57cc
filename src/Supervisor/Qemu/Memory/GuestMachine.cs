namespace VmSupervisor.Qemu.Memory;

/// <summary>
/// What of a command line makes the machine that a guest sees; not where its disks, networks and files are on this host.
/// </summary>
/// <remarks>
/// QEMU compares too little by itself: a state that was saved without a device loads into a machine that has one more, and
/// the guest meets a device that it never saw (checked on 7.2 with virtio-rng).
/// </remarks>
internal static class GuestMachine
{
    private static readonly HashSet<string> Options = ["-uuid", "-machine", "-accel", "-cpu", "-m", "-smp", "-device", "-global"];

    /// <summary>One line for each option, in their order.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyList<string> arguments) =>
        [.. Enumerable.Range(0, Math.Max(arguments.Count - 1, 0)).Where(i => Options.Contains(arguments[i])).Select(i => $"{arguments[i]} {arguments[i + 1]}")];

    /// <summary>The first difference, for a person; null when there is none.</summary>
    public static string? Difference(IReadOnlyList<string> saved, IReadOnlyList<string> now) =>
        saved.Except(now).FirstOrDefault() is { } missing ? $"the state has '{missing}', the VM has not"
        : now.Except(saved).FirstOrDefault() is { } added ? $"the VM has '{added}', the state has not"
        : saved.SequenceEqual(now) ? null
        : "its devices are in another order";
}
