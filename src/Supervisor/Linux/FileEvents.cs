namespace VmSupervisor.Linux;

/// <summary>Wakes when something happens to a file or in a directory (inotify).</summary>
internal sealed class FileEvents : IDisposable
{
    /// <summary>A name appeared in the directory.</summary>
    public const uint Appeared = 0x80 | 0x100;

    /// <summary>Somebody closed the file.</summary>
    public const uint Closed = 0x8 | 0x10;

    /// <summary>The watched thing itself was deleted or moved away.</summary>
    public const uint Vanished = 0x400 | 0x800;

    private const int NonBlocking = 0x800;
    private readonly Inotify inotify = new();

    /// <summary>Begins to watch. What happens from now on is not missed.</summary>
    /// <exception cref="IOException">It does not exist, or there are too many watches.</exception>
    public void Watch(string path, uint events)
    {
        if (LibC.InotifyAdd(inotify.Number, path, events) < 0)
            throw LibC.Failure($"cannot watch {path}");
    }

    /// <summary>Waits for the next event, or some time; true when it was an event. Forgets all events up to now.</summary>
    public async Task<bool> WaitAsync(Readiness readiness, TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var deadline = new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await WaitAsync(readiness, either.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Waits for the next event. Forgets all events up to now.</summary>
    public async Task WaitAsync(Readiness readiness, CancellationToken cancellationToken)
    {
        await readiness.WaitAsync(inotify, cancellationToken).ConfigureAwait(false);
        Drain();
    }

    /// <inheritdoc/>
    public void Dispose() => inotify.Dispose();

    private unsafe void Drain()
    {
        const int size = 4096;
        var buffer = stackalloc byte[size];
        while (LibC.Read(inotify.Number, buffer, size) > 0)
        {
        }
    }

    private sealed class Inotify() : FileDescriptor(Create())
    {
        private static int Create()
        {
            var fd = LibC.InotifyCreate(LibC.OpenCloseOnExec | NonBlocking);
            return fd >= 0 ? fd : throw LibC.Failure("cannot create an inotify (fs.inotify.max_user_instances?)");
        }
    }
}
