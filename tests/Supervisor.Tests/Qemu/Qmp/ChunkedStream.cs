namespace VmSupervisor.Supervisor.Tests.Qemu.Qmp;

/// <summary>
/// Bytes that arrive in pieces of given lengths, and then end. Those from <paramref name="held"/> on arrive only after
/// something was written, which goes nowhere.
/// </summary>
internal sealed class ChunkedStream(byte[] bytes, int held, Func<int> nextLength) : Stream
{
    private readonly TaskCompletionSource written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int at;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (at >= held)
            await written.Task.WaitAsync(cancellationToken);
        var count = Math.Min(Math.Min(Math.Max(1, nextLength()), buffer.Length), (at < held ? Math.Min(held, bytes.Length) : bytes.Length) - at);
        bytes.AsMemory(at, count).CopyTo(buffer);
        at += count;
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        written.TrySetResult();
        return ValueTask.CompletedTask;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
