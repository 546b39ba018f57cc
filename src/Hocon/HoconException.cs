namespace VmSupervisor.Hocon;

/// <summary>A configuration cannot be used. Carries every fault that was found, not only the first.</summary>
public sealed class HoconException : Exception
{
    /// <summary>An exception for faults that were collected; there must be at least one.</summary>
    public HoconException(IReadOnlyList<HoconFault> faults)
        : base(string.Join('\n', faults))
    {
        ArgumentOutOfRangeException.ThrowIfZero(faults.Count);
        Faults = faults;
    }

    internal HoconException(HoconOrigin origin, string message, string key = "")
        : this([new HoconFault(origin, key, message)])
    {
    }

    /// <summary>The faults, in the order in which they were found. The message is one line for each.</summary>
    public IReadOnlyList<HoconFault> Faults { get; }
}
