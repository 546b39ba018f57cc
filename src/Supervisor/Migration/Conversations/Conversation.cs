using VmSupervisor.Contracts;
using VmSupervisor.Domain;

namespace VmSupervisor.Migration.Conversations;

/// <summary>The conversation over the nodes' connections.</summary>
/// <param name="peers">The other nodes.</param>
/// <param name="leases">What their sources have last been heard of.</param>
/// <param name="settings">How patient this node is.</param>
/// <param name="time">The clock.</param>
internal sealed class Conversation(IPeers peers, Leases leases, ConversationSettings settings, TimeProvider time) : IConversation
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public IReadOnlyList<string> Nodes { get; } = [.. peers.All.Select(p => p.Name)];

    public string? TlsDirectory => settings.TlsDirectory;

    public bool IsConnected(string node) => peers.Find(node) is { } peer && (peer.Dialed ?? peer.Accepted) is not null;

    public async Task<CheckAnswer> CheckAsync(string target, Offer offer, CancellationToken cancellationToken)
    {
        var (reply, trouble) = await AskAsync<CheckReply>(
            target, MigrationMessages.Of(MigrationMessages.Check, OfferBody.Of(offer)), settings.AnswerTimeout, cancellationToken);
        return reply is null ? new(trouble!.Message, default) : new(reply.WhyNot, reply.Highest);
    }

    public async Task<PrepareAnswer> PrepareAsync(
        MigrationSession session, Offer offer, MigrationPlan plan, bool wasRunning, CancellationToken cancellationToken)
    {
        var message = MigrationMessages.Of(
            MigrationMessages.Prepare, new PrepareBody(SessionBody.Of(session), OfferBody.Of(offer), PlanBody.Of(plan), wasRunning));
        var heard = time.GetTimestamp();
        while (true)
        {
            var (reply, trouble) = await AskAsync<PrepareReply>(session.Target, message, settings.PrepareTimeout, cancellationToken);
            if (reply is not null)
                return new(reply.Address, reply.WhyNot);

            // Hooks may run for long; as long as the lease is taken, the target is there and at it.
            if (trouble!.Failure == PeerFailure.TimedOut)
                heard = time.GetTimestamp();
            else if (trouble.Failure is PeerFailure.Refused or PeerFailure.TooLarge || time.GetElapsedTime(heard) >= settings.Lease)
                return new(null, trouble.Message);
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    public async Task<VerdictAnswer> TellAsync(VmId vm, PeerNote note, CancellationToken cancellationToken)
    {
        var (reply, trouble) = await AskAsync<NoteReply>(
            note.Session.Target, MigrationMessages.Of(MigrationMessages.Note, NoteBody.Of(vm, note)), settings.AnswerTimeout, cancellationToken);
        return reply is null
            ? new(null, trouble!.Message)
            : new(reply.Verdict is { } verdict ? new SessionVerdict(note.Session, verdict, reply.Detail ?? "") : null, null);
    }

    public async Task<string> RenewAsync(MigrationSession session, CancellationToken cancellationToken)
    {
        var message = MigrationMessages.Of(MigrationMessages.Renew, SessionBody.Of(session));
        var taken = time.GetTimestamp();
        while (true)
        {
            var (reply, trouble) = await AskAsync<RenewReply>(session.Target, message, settings.Lease / 3, cancellationToken);
            if (reply is not null)
                taken = time.GetTimestamp();
            else if (time.GetElapsedTime(taken) >= settings.Lease + settings.Grace)
                return trouble!.Message;
            await Task.Delay(reply is null ? Pause : settings.Lease / 3, time, cancellationToken);
        }
    }

    public IAsyncDisposable OpenTunnel(MigrationSession session, string what, string socket) => new Tunnel(
        socket, token => Required(session.Target).OpenStreamAsync(MigrationMessages.StreamOf(session, what), token));

    public async Task<WaitAnswer> AskSourceAsync(VmId vm, MigrationSession session, CancellationToken cancellationToken)
    {
        var (reply, trouble) = await AskAsync<WaitsReply>(
            session.Source, MigrationMessages.Of(MigrationMessages.Waits, new AboutBody(vm, SessionBody.Of(session))), settings.AnswerTimeout, cancellationToken);
        return new(reply?.Waits, trouble?.Message);
    }

    public Task<string> SilenceAsync(MigrationSession session, CancellationToken cancellationToken) =>
        peers.Find(session.Source) is { } source
            ? new SourceWatch(session, source, leases, settings, time).RunAsync(cancellationToken)
            : Task.FromResult($"this node knows no node {session.Source} any more");

    public IDisposable AdmitTunnel(MigrationSession session, string what, string socket) => peers.HandleStreams(
        MigrationMessages.StreamOf(session, what),
        (peer, stream, token) => peer.Peer == session.Source ? Tunnel.LeadAsync(stream, socket, token) : Task.CompletedTask);

    public ListenAddress? PlaceFor(MigrationSession session, MigrationTransport transport) => transport switch
    {
        MigrationTransport.Tunnel => null,
        MigrationTransport.Auto when peers.Find(session.Source)?.Address.StartsWith("unix:", StringComparison.Ordinal) != false => null,
        _ => settings.Listen,
    };

    private IPeer Required(string node) =>
        peers.Find(node) ?? throw new PeerException(PeerFailure.NotConnected, $"this node knows no node {node}");

    private async Task<(T? Reply, PeerException? Trouble)> AskAsync<T>(string node, PeerMessage message, TimeSpan limit, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            var reply = await Required(node).AskAsync(message, limit, cancellationToken);
            return (MigrationMessages.Read<T>(reply.Body), null);
        }
        catch (PeerException e)
        {
            return (null, e);
        }
        catch (PeerRefusalException e)
        {
            return (null, new PeerException(PeerFailure.Refused, $"node {node} answers in a way that is not understood here: {e.Message}"));
        }
    }
}
