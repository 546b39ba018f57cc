namespace VmSupervisor.Linux;

/// <summary>
/// Keeps spawns and descriptors apart whose closing must take effect at once. A child has all of our descriptors from its
/// fork to its exec; what is closed here meanwhile stays open there. Seen with 100 VMs that start together: QEMU found
/// its tap device busy, since another VM's child still had it open.
/// </summary>
/// <remarks>One for the process, as its descriptors are. Spawns do not exclude each other.</remarks>
internal static class ForkGate
{
    private static readonly ReaderWriterLockSlim Gate = new();

    /// <summary>Forks; returns when the child has exec'd.</summary>
    public static T Fork<T>(Func<T> spawn)
    {
        Gate.EnterReadLock();
        try
        {
            return spawn();
        }
        finally
        {
            Gate.ExitReadLock();
        }
    }

    /// <summary>Opens and closes, with no child in between that has it too.</summary>
    public static T WithoutForks<T>(Func<T> use)
    {
        Gate.EnterWriteLock();
        try
        {
            return use();
        }
        finally
        {
            Gate.ExitWriteLock();
        }
    }
}
