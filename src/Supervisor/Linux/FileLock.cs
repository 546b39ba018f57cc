using System.Runtime.InteropServices;

namespace VmSupervisor.Linux;

/// <summary>
/// An exclusive <c>flock</c>. It belongs to the open file description: a child that inherits the descriptor holds it
/// too, and it is free only when the last copy has been closed, by whatever death. So releasing is closing, never
/// <c>LOCK_UN</c>, which would unlock for the child as well.
/// </summary>
/// <remarks>
/// Got it: nobody lives who had it. Not got it proves less: a child that another thread spawns has a copy of all our
/// descriptors for the half millisecond between fork and exec. Who draws conclusions from a lock that is held waits a
/// moment (<see cref="AcquireAsync"/> with a deadline) first.
/// </remarks>
internal sealed class FileLock : IDisposable
{
    private static readonly TimeSpan Fallback = TimeSpan.FromMilliseconds(250);

    private FileLock(string path, FileDescriptor descriptor)
    {
        Path = path;
        Descriptor = descriptor;
    }

    /// <summary>The lock file.</summary>
    public string Path { get; }

    /// <summary>What a child is to inherit.</summary>
    public FileDescriptor Descriptor { get; }

    /// <summary>Takes the lock, making the file when it is missing; null when somebody holds it.</summary>
    /// <exception cref="IOException">The file could not be opened or locked.</exception>
    public static FileLock? TryAcquire(string path)
    {
        var descriptor = Open(path);
        try
        {
            if (TryLock(descriptor, path))
                return new FileLock(path, descriptor);
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }

        descriptor.Dispose();
        return null;
    }

    /// <summary>
    /// Waits until the lock can be taken. It wakes when a copy of the file is closed, which needs no knowledge of the
    /// holders; since the kernel tells that a moment before it drops the lock (and some file systems do not tell at
    /// all), it looks again after 1 ms, then ever less often, at last every 250 ms.
    /// </summary>
    /// <exception cref="IOException">The file could not be opened, watched or locked.</exception>
    public static async Task<FileLock> AcquireAsync(string path, Readiness readiness, TimeProvider time, CancellationToken cancellationToken)
    {
        var descriptor = Open(path);
        try
        {
            using var events = readiness.Files.Subscribe(path, FileEvents.Closed);
            var pause = TimeSpan.FromMilliseconds(1);
            while (!TryLock(descriptor, path))
            {
                if (await events.WaitAsync(pause, time, cancellationToken).ConfigureAwait(false))
                    pause = TimeSpan.FromMilliseconds(1);
                else if (pause < Fallback)
                    pause *= 2;
            }

            return new FileLock(path, descriptor);
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    /// <summary>Closes our copy; the lock stays while a child has one.</summary>
    public void Dispose() => Descriptor.Dispose();

    private static FileDescriptor Open(string path) => FileDescriptor.Open(path, LibC.OpenReadWrite | LibC.OpenCreate);

    private static bool TryLock(FileDescriptor descriptor, string path)
    {
        while (LibC.Lock(descriptor.Number, LibC.LockExclusive | LibC.LockNonBlocking) != 0)
        {
            switch (Marshal.GetLastPInvokeError())
            {
                case LibC.Interrupted:
                    continue;
                case LibC.TryAgain:
                    return false;
                default:
                    throw LibC.Failure($"cannot lock {path}");
            }
        }

        return true;
    }
}
