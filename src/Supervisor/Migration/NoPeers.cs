namespace VmSupervisor.Migration;

/// <summary>A node that knows no other one.</summary>
internal sealed class NoPeers : IPeers
{
    public IReadOnlyList<IPeer> All => [];

    public IPeer? Find(string name) => null;

    public IDisposable Handle(string type, Func<PeerRequest, CancellationToken, Task<PeerReply>> handler) => new Registration(static () => { });

    public IDisposable HandleStreams(string name, Func<PeerSession, Stream, CancellationToken, Task> handler) => new Registration(static () => { });
}
