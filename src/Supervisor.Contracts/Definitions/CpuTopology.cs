namespace VmSupervisor.Contracts.Definitions;

/// <summary>How the guest's CPUs are arranged; their product is how many there are.</summary>
/// <param name="Sockets">Packages.</param>
/// <param name="Dies">Dies in each package.</param>
/// <param name="Cores">Cores on each die.</param>
/// <param name="Threads">Threads of each core.</param>
public sealed record CpuTopology(int Sockets = 1, int Dies = 1, int Cores = 1, int Threads = 1)
{
    /// <summary>How many CPUs that makes.</summary>
    public long Total => (long)Sockets * Dies * Cores * Threads;
}
