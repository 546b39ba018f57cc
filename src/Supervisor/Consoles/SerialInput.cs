using VmSupervisor.Linux;

namespace VmSupervisor.Consoles;

/// <summary>Types at a guest's serial port.</summary>
/// <param name="path">The FIFO.</param>
/// <param name="time">The clock.</param>
internal sealed class SerialInput(string path, TimeProvider time) : IDisposable
{
    // A FIFO tells poll(2) when there is room, but its 64 KiB are full only before a guest that does not read at all.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private FileDescriptor? fifo;

    /// <summary>Returns when all is in the FIFO: as slowly as the guest takes it.</summary>
    /// <exception cref="IOException">QEMU is gone.</exception>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        fifo ??= Fifo.OpenToWrite(path);
        while (true)
        {
            bytes = bytes[Fifo.Write(fifo, bytes.Span)..];
            if (bytes.IsEmpty)
                return;
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    public void Dispose() => fifo?.Dispose();
}
