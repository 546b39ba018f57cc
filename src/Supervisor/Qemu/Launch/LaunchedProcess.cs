using VmSupervisor.Domain;
using VmSupervisor.Linux;

namespace VmSupervisor.Qemu.Launch;

/// <summary>A QEMU that this supervisor spawned: only here its exit status is ever known.</summary>
internal sealed class LaunchedProcess : IDisposable
{
    public LaunchedProcess(ProcessIdentity identity, PidFd handle, ExitWatcher exits)
    {
        Identity = identity;
        Handle = handle;
        Exit = exits.WaitAsync(handle, CancellationToken.None);
    }

    public ProcessIdentity Identity { get; }

    public PidFd Handle { get; }

    /// <summary>Its exit, fetched once and kept for all who ask; cancelled when the watcher is disposed.</summary>
    public Task<ProcessExit> Exit { get; }

    public void Dispose() => Handle.Dispose();
}
