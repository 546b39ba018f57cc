using System.Buffers.Binary;
using System.Threading.Channels;

namespace VmSupervisor.Linux;

/// <summary>
/// Tells when something happens to files and in directories (inotify). One instance for all who ask: a user may have
/// only 128 of them (<c>fs.inotify.max_user_instances</c>), but tens of thousands of watches.
/// </summary>
internal sealed class FileEvents(Readiness readiness) : IDisposable
{
    /// <summary>A name appeared in the directory.</summary>
    public const uint Appeared = 0x80 | 0x100;

    /// <summary>Somebody wrote to the file.</summary>
    public const uint Modified = 0x2;

    /// <summary>Somebody closed the file.</summary>
    public const uint Closed = 0x8 | 0x10;

    /// <summary>Somebody closed the file who could write to it.</summary>
    public const uint Written = 0x8;

    /// <summary>The watched thing itself was deleted or moved away.</summary>
    public const uint Vanished = 0x400 | 0x800;

    private const uint AddToMask = 0x2000_0000;
    private readonly Lock gate = new();
    private readonly Dictionary<int, List<Subscription>> watches = [];
    private readonly CancellationTokenSource stop = new();
    private Inotify? inotify;

    /// <summary>Begins to watch. What happens from now on is not missed.</summary>
    /// <exception cref="IOException">It does not exist, or there are too many watches.</exception>
    public Subscription Subscribe(string path, uint events)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(stop.IsCancellationRequested, this);
            if (inotify is null)
            {
                inotify = new Inotify();
                _ = ReadAsync(inotify);
            }

            var watch = LibC.InotifyAdd(inotify.Number, path, events | AddToMask);
            if (watch < 0)
                throw LibC.Failure($"cannot watch {path}");
            var subscription = new Subscription(this, watch);
            if (!watches.TryGetValue(watch, out var all))
                watches.Add(watch, all = []);
            all.Add(subscription);
            return subscription;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            stop.Cancel();
            inotify?.Dispose();
            foreach (var subscription in watches.Values.SelectMany(s => s))
                subscription.End();
        }
    }

    private async Task ReadAsync(Inotify source)
    {
        try
        {
            while (true)
            {
                await readiness.WaitAsync(source, stop.Token).ConfigureAwait(false);
                lock (gate)
                {
                    if (!stop.IsCancellationRequested)
                        Dispatch(source);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private void Dispatch(Inotify source)
    {
        const int overflow = -1, header = 16, lengthOffset = 12;
        Span<byte> buffer = stackalloc byte[4096];
        for (var size = source.Read(buffer); size > 0; size = source.Read(buffer))
        {
            for (var at = 0; at < size; at += header + BinaryPrimitives.ReadInt32LittleEndian(buffer[(at + lengthOffset)..]))
            {
                var watch = BinaryPrimitives.ReadInt32LittleEndian(buffer[at..]);
                var concerned = watch == overflow ? watches.Values.SelectMany(s => s) : watches.GetValueOrDefault(watch) ?? [];
                foreach (var subscription in concerned)
                    subscription.Wake();
            }
        }
    }

    private void Remove(Subscription subscription)
    {
        lock (gate)
        {
            if (!watches.TryGetValue(subscription.Watch, out var all) || !all.Remove(subscription) || all.Count > 0)
                return;
            watches.Remove(subscription.Watch);
            if (!stop.IsCancellationRequested)
                inotify!.Remove(subscription.Watch);
        }
    }

    /// <summary>One who watches; wakes for every event, and now and then without one.</summary>
    internal sealed class Subscription(FileEvents owner, int watch) : IDisposable
    {
        private readonly Channel<bool> bell = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

        internal int Watch => watch;

        /// <summary>Waits until something has happened since the last wait.</summary>
        public async Task WaitAsync(CancellationToken cancellationToken) =>
            await bell.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);

        /// <summary>Likewise, or for some time; true when something happened.</summary>
        public async Task<bool> WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var deadline = new CancellationTokenSource(atMost, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            try
            {
                await WaitAsync(either.Token).ConfigureAwait(false);
                return true;
            }
            catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                return false;
            }
        }

        /// <summary>Ends watching.</summary>
        public void Dispose() => owner.Remove(this);

        internal void End() => bell.Writer.TryComplete(new OperationCanceledException("nobody watches files any more"));

        internal void Wake() => bell.Writer.TryWrite(true);
    }

    private sealed class Inotify() : FileDescriptor(Create())
    {
        private const int NonBlocking = 0x800;

        public unsafe int Read(Span<byte> buffer)
        {
            fixed (byte* bytes = buffer)
                return (int)LibC.Read(Number, bytes, (nuint)buffer.Length);
        }

        // It may have gone by itself, with the file.
        public void Remove(int watch) => _ = LibC.InotifyRemove(Number, watch);

        private static int Create()
        {
            var fd = LibC.InotifyCreate(LibC.OpenCloseOnExec | NonBlocking);
            return fd >= 0 ? fd : throw LibC.Failure("cannot create an inotify (fs.inotify.max_user_instances?)");
        }
    }
}
