using VmSupervisor.Domain;

namespace VmSupervisor.Migration.Conversations;

/// <summary>Answers what the other nodes ask in migrations. Each speaks for itself only: of its own sessions.</summary>
internal sealed class ConversationServer : IDisposable
{
    private readonly string _node;
    private readonly IMigrationVms _vms;
    private readonly Leases _leases;
    private readonly IDisposable[] _handlers;

    /// <param name="node">This node.</param>
    /// <param name="peers">The other nodes.</param>
    /// <param name="vms">This node's VMs.</param>
    /// <param name="leases">Where it is noted that a source was heard of.</param>
    public ConversationServer(string node, IPeers peers, IMigrationVms vms, Leases leases)
    {
        (_node, _vms, _leases) = (node, vms, leases);
        _handlers =
        [
            peers.Handle(MigrationMessages.Check, CheckAsync),
            peers.Handle(MigrationMessages.Prepare, PrepareAsync),
            peers.Handle(MigrationMessages.Note, NoteAsync),
            peers.Handle(MigrationMessages.Renew, Renew),
            peers.Handle(MigrationMessages.Waits, WaitsAsync),
        ];
    }

    public void Dispose()
    {
        foreach (var handler in _handlers)
            handler.Dispose();
    }

    private async Task<PeerReply> CheckAsync(PeerRequest request, CancellationToken cancellationToken)
    {
        var answer = await _vms.CheckAsync(Body<OfferBody>(request).ToOffer(), cancellationToken);
        return MigrationMessages.Reply(new CheckReply(answer.WhyNot, answer.Highest));
    }

    private async Task<PeerReply> PrepareAsync(PeerRequest request, CancellationToken cancellationToken)
    {
        var body = Body<PrepareBody>(request);
        var session = FromSource(request, body.Session);
        var answer = await _vms.PrepareAsync(session, body.Offer.ToOffer(), body.Plan.ToPlan(session), body.WasRunning, cancellationToken);
        return MigrationMessages.Reply(new PrepareReply(answer.Address, answer.WhyNot));
    }

    private async Task<PeerReply> NoteAsync(PeerRequest request, CancellationToken cancellationToken)
    {
        var body = Body<NoteBody>(request);
        var session = FromSource(request, body.Session);
        _leases.Renew(session);
        var verdict = await _vms.HearAsync(body.Vm, body.ToNote(), cancellationToken);
        return MigrationMessages.Reply(new NoteReply(verdict?.Verdict, verdict?.Detail));
    }

    private Task<PeerReply> Renew(PeerRequest request, CancellationToken cancellationToken)
    {
        _leases.Renew(FromSource(request, Body<SessionBody>(request)));
        return Task.FromResult(MigrationMessages.Reply(new RenewReply()));
    }

    private async Task<PeerReply> WaitsAsync(PeerRequest request, CancellationToken cancellationToken)
    {
        var body = Body<AboutBody>(request);
        var session = body.Session.ToSession();
        if (session.Source != _node || session.Target != request.Session.Peer)
            throw new PeerRefusalException($"session {session.Id} is not between {_node} and {request.Session.Peer}");
        return MigrationMessages.Reply(new WaitsReply(await _vms.WaitsAsync(body.Vm, session, cancellationToken)));
    }

    private static T Body<T>(PeerRequest request)
        where T : class => MigrationMessages.Read<T>(request.Message.Body);

    private MigrationSession FromSource(PeerRequest request, SessionBody body)
    {
        var session = body.ToSession();
        return session.Source == request.Session.Peer && session.Target == _node
            ? session
            : throw new PeerRefusalException($"session {session.Id} does not go from {request.Session.Peer} to {_node}");
    }
}
