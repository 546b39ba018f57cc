using VmSupervisor.Linux;

namespace VmSupervisor.Qemu.Launch;

/// <summary>The proof that nothing of an incarnation lives: whoever gets its lock knows.</summary>
internal static class IncarnationLock
{
    /// <summary>Whether the lock is free, or becomes so while patience lasts; free as well when its run directory is gone.</summary>
    public static async Task<bool> IsFreeAsync(
        string path, TimeSpan patience, Readiness readiness, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(Path.GetDirectoryName(path)))
            return true;
        using var deadline = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            (await FileLock.AcquireAsync(path, readiness, time, either.Token)).Dispose();
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
