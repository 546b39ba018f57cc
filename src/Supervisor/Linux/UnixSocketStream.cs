using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace VmSupervisor.Linux;

/// <summary>A unix socket that can pass on descriptors (<c>SCM_RIGHTS</c>), which .NET's own sockets cannot.</summary>
internal sealed partial class UnixSocketStream(Socket socket, TimeProvider time) : NetworkStream(socket, ownsSocket: true)
{
    private const int SocketLevel = 1, Rights = 1, DoNotWait = 0x40, NoSignal = 0x4000;
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(10);

    /// <summary>Sends bytes, and a descriptor with the first of them; the peer gets one of its own.</summary>
    /// <exception cref="IOException">The peer takes nothing any more.</exception>
    public async ValueTask WriteWithAsync(ReadOnlyMemory<byte> bytes, SafeHandle descriptor, CancellationToken cancellationToken)
    {
        int sent;
        while ((sent = Send(bytes.Span, descriptor)) == 0)
        {
            // The peer has not read what it was sent before; a monitor reads at once, so this is rare and may be slow.
            await Task.Delay(Moment, time, cancellationToken);
        }

        await WriteAsync(bytes[sent..], cancellationToken);
    }

    /// <summary>How many bytes it took; 0 when it takes none at the moment.</summary>
    private unsafe int Send(ReadOnlySpan<byte> bytes, SafeHandle descriptor)
    {
        var added = false;
        try
        {
            descriptor.DangerousAddRef(ref added);
            fixed (byte* first = bytes)
            {
                var vector = new Vector { Base = first, Length = (nuint)bytes.Length };

                // A header of 16 bytes, and one descriptor of 4, padded to 8.
                var control = new Control { Length = 20, Level = SocketLevel, Type = Rights, Descriptor = (int)descriptor.DangerousGetHandle() };
                var message = new Message { Vectors = &vector, VectorCount = 1, Control = &control, ControlLength = (nuint)sizeof(Control) };
                while (true)
                {
                    var sent = SendMessage((int)Socket.Handle, &message, DoNotWait | NoSignal);
                    if (sent >= 0)
                        return (int)sent;
                    switch (Marshal.GetLastPInvokeError())
                    {
                        case LibC.Interrupted:
                            continue;
                        case LibC.TryAgain:
                            return 0;
                        default:
                            throw LibC.Failure("cannot pass on a descriptor");
                    }
                }
            }
        }
        finally
        {
            if (added)
                descriptor.DangerousRelease();
        }
    }

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static unsafe partial nint SendMessage(int fd, Message* message, int flags);

    private unsafe struct Vector
    {
        public byte* Base;
        public nuint Length;
    }

    private struct Control
    {
        public nuint Length;
        public int Level;
        public int Type;
        public int Descriptor;
        public int Padding;
    }

    private unsafe struct Message
    {
        public void* Name;
        public uint NameLength;
        public Vector* Vectors;
        public nuint VectorCount;
        public Control* Control;
        public nuint ControlLength;
        public int Flags;
    }
}
