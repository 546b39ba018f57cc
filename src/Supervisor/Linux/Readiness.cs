using System.Runtime.InteropServices;

namespace VmSupervisor.Linux;

/// <summary>
/// Waits for descriptors to become readable: one thread and one epoll for all of them, since a thread per process
/// would cost ten thousand VMs ten thousand stacks.
/// </summary>
internal sealed class Readiness : IDisposable
{
    private const int Add = 1, Delete = 2;
    private const uint Readable = 1, OneShot = 1u << 30;
    private const int Batch = 64;
    private const ulong WakeUp = 0;

    // struct epoll_event is packed on x86-64 and nowhere else.
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventSize = DataOffset + 8;

    private readonly Lock gate = new();
    private readonly Dictionary<ulong, Wait> waits = [];
    private readonly int epoll;
    private readonly int wake;
    private readonly Thread thread;
    private ulong last = WakeUp;
    private bool disposed;

    /// <exception cref="IOException">The kernel has no descriptors left.</exception>
    public Readiness()
    {
        epoll = LibC.EpollCreate(LibC.OpenCloseOnExec);
        if (epoll < 0)
            throw LibC.Failure("cannot create an epoll");
        wake = LibC.EventFd(0, LibC.OpenCloseOnExec);
        if (wake < 0 || Control(Add, wake, WakeUp, Readable) != 0)
            throw LibC.Failure("cannot create an event descriptor");
        Files = new FileEvents(this);
        thread = new Thread(Run) { IsBackground = true, Name = "readiness" };
        thread.Start();
    }

    /// <summary>What happens to files, by the same thread.</summary>
    public FileEvents Files { get; }

    /// <summary>
    /// Completes when the descriptor is readable, never on the waiting thread itself. A descriptor can be waited for
    /// once at a time; it is kept open until then, whoever disposes it.
    /// </summary>
    /// <exception cref="IOException">The kernel refused to watch it.</exception>
    /// <exception cref="ObjectDisposedException">This was disposed.</exception>
    public async Task WaitAsync(FileDescriptor descriptor, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (token, wait) = Register(descriptor);
        await using var registration = cancellationToken.UnsafeRegister((_, cancelled) => Cancel(token, cancelled), null).ConfigureAwait(false);
        await wait.Completion.Task.ConfigureAwait(false);
    }

    /// <summary>Ends the thread; what is still waited for ends as cancelled.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (disposed)
                return;
            disposed = true;
        }

        Files.Dispose();

        WakeThread();
        thread.Join();
        Wait[] left;
        lock (gate)
        {
            left = [.. waits.Values];
            waits.Clear();
        }

        foreach (var wait in left)
            wait.End(w => w.TrySetCanceled());
        _ = LibC.Close(wake);
        _ = LibC.Close(epoll);
    }

    private (ulong Token, Wait Wait) Register(FileDescriptor descriptor)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            var wait = new Wait(descriptor);
            if (Control(Add, descriptor.Number, ++last, Readable | OneShot) != 0)
            {
                var failure = LibC.Failure("cannot watch a descriptor");
                wait.End(w => w.TrySetException(failure));
                throw failure;
            }

            waits.Add(last, wait);
            return (last, wait);
        }
    }

    private void Cancel(ulong token, CancellationToken cancellationToken) => Take(token)?.End(w => w.TrySetCanceled(cancellationToken));

    private Wait? Take(ulong token)
    {
        lock (gate)
        {
            if (!waits.Remove(token, out var wait))
                return null;
            _ = Control(Delete, wait.Descriptor.Number, token, 0);
            return wait;
        }
    }

    private unsafe void WakeThread()
    {
        var one = 1UL;
        _ = LibC.Write(wake, (byte*)&one, sizeof(ulong));
    }

    private unsafe int Control(int operation, int fd, ulong token, uint events)
    {
        var request = stackalloc byte[16];
        *(uint*)request = events;
        *(ulong*)(request + DataOffset) = token;
        return LibC.EpollControl(epoll, operation, fd, request);
    }

    private unsafe void Run()
    {
        var ready = stackalloc byte[Batch * 16];
        while (true)
        {
            var count = LibC.EpollWait(epoll, ready, Batch, -1);
            for (var i = 0; i < count; i++)
            {
                var token = *(ulong*)(ready + (i * EventSize) + DataOffset);
                if (token == WakeUp)
                    return;
                Take(token)?.End(w => w.TrySetResult());
            }
        }
    }

    private sealed class Wait
    {
        public Wait(FileDescriptor descriptor)
        {
            Descriptor = descriptor;
            var added = false;
            descriptor.DangerousAddRef(ref added);
        }

        public FileDescriptor Descriptor { get; }

        public TaskCompletionSource Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void End(Action<TaskCompletionSource> how)
        {
            Descriptor.DangerousRelease();
            how(Completion);
        }
    }
}
