using System.Threading.Channels;

namespace VmSupervisor.TestKit.Peers;

/// <summary>One end of a duplex byte stream within the process; a write waits until the other end takes it.</summary>
internal sealed class SimulatedStream : Stream
{
    private readonly ChannelReader<byte[]> _reader;
    private readonly ChannelWriter<byte[]> _writer;
    private ReadOnlyMemory<byte> _rest;

    private SimulatedStream(ChannelReader<byte[]> reader, ChannelWriter<byte[]> writer) => (_reader, _writer) = (reader, writer);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public static (SimulatedStream, SimulatedStream) Pair()
    {
        var (there, back) = (Channel.CreateBounded<byte[]>(1), Channel.CreateBounded<byte[]>(1));
        return (new(back, there), new(there, back));
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_rest.IsEmpty)
        {
            if (!await _reader.WaitToReadAsync(cancellationToken))
                return 0;
            if (_reader.TryRead(out var bytes))
                _rest = bytes;
        }

        var count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await _writer.WriteAsync(buffer.ToArray(), cancellationToken);
        }
        catch (ChannelClosedException e)
        {
            throw new IOException("the stream is closed", e);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("only asynchronously");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("only asynchronously");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _writer.TryComplete();
        base.Dispose(disposing);
    }
}
