using System.Threading.Channels;
using VmSupervisor.Migration.Connections;

namespace VmSupervisor.TestKit.Peers;

/// <summary>One end of a duplex byte stream within the process; a write waits until the other end takes it.</summary>
internal sealed class SimulatedStream : DuplexStream
{
    private readonly ChannelReader<byte[]> _reader;
    private readonly ChannelWriter<byte[]> _writer;
    private ReadOnlyMemory<byte> _rest;

    private SimulatedStream(ChannelReader<byte[]> reader, ChannelWriter<byte[]> writer) => (_reader, _writer) = (reader, writer);

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

    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        _writer.TryComplete();
        base.Dispose(disposing);
    }
}
