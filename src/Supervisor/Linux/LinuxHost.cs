namespace VmSupervisor.Linux;

/// <summary>The host as one supervisor uses it: one waiting thread, one watch per process.</summary>
internal sealed class LinuxHost : IDisposable
{
    /// <param name="bootId">Instead of the kernel's boot id, so that a test can reboot the host.</param>
    /// <exception cref="IOException">No descriptors are left.</exception>
    public LinuxHost(string? bootId = null)
    {
        Processes = new ProcFs(bootId);
        Exits = new ExitWatcher(Readiness);
    }

    public Spawner Spawner { get; } = new();

    public Readiness Readiness { get; } = new();

    public ExitWatcher Exits { get; }

    public ProcFs Processes { get; }

    /// <summary>Gives up all waiting; no process is touched.</summary>
    public void Dispose()
    {
        Exits.Dispose();
        Readiness.Dispose();
    }
}
