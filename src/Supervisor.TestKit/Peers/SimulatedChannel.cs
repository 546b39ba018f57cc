using System.Threading.Channels;
using VmSupervisor.Migration.Connections;

namespace VmSupervisor.TestKit.Peers;

/// <summary>Both ends of a line between two nodes.</summary>
internal sealed class SimulatedChannel
{
    private readonly Channel<byte[]> _there = Channel.CreateUnbounded<byte[]>();
    private readonly Channel<byte[]> _back = Channel.CreateUnbounded<byte[]>();

    public SimulatedChannel(string from, string to)
    {
        (From, To) = (from, to);
        Dialed = new End(this, _back.Reader, _there.Writer);
        Accepted = new End(this, _there.Reader, _back.Writer);
    }

    public string From { get; }

    public string To { get; }

    public IPeerChannel Dialed { get; }

    public IPeerChannel Accepted { get; }

    /// <summary>What is sent is lost.</summary>
    public bool Silent { get; set; }

    public bool IsBroken { get; private set; }

    public void Break(string reason)
    {
        IsBroken = true;
        _there.Writer.TryComplete(new PeerChannelException(reason));
        _back.Writer.TryComplete(new PeerChannelException(reason));
    }

    private sealed class End(SimulatedChannel line, ChannelReader<byte[]> reader, ChannelWriter<byte[]> writer) : IPeerChannel
    {
        public Task SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
            cancellationToken.IsCancellationRequested ? Task.FromCanceled(cancellationToken)
            : line.Silent || writer.TryWrite(message.ToArray()) ? Task.CompletedTask
            : Task.FromException(new PeerChannelException("the line is broken"));

        public async Task<byte[]?> ReceiveAsync(int longest, CancellationToken cancellationToken)
        {
            try
            {
                var message = await reader.ReadAsync(cancellationToken);
                return message.Length <= longest ? message : throw new PeerChannelException($"a message of more than {longest} bytes");
            }
            catch (ChannelClosedException e) when (e.InnerException is PeerChannelException broken)
            {
                throw new PeerChannelException(broken.Message, e);
            }
            catch (ChannelClosedException)
            {
                return null;
            }
        }

        public Task CloseAsync()
        {
            Dispose();
            return Task.CompletedTask;
        }

        public void Dispose()
        {
            if (!line.Silent)
                writer.TryComplete();
        }
    }
}
