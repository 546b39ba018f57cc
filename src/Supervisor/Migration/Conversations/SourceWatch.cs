using System.Globalization;
using VmSupervisor.Domain;

namespace VmSupervisor.Migration.Conversations;

/// <summary>Watches whoever drives a session: the source's connection with this node, and its lease.</summary>
internal sealed class SourceWatch(MigrationSession session, IPeer source, Leases leases, ConversationSettings settings, TimeProvider time)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = new();
    private (string Why, long At)? _lost;

    /// <summary>Returns why it counts as silent, when it does.</summary>
    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        using var lease = leases.Begin(session);
        if (source.Accepted is null)
            _lost = ("there is none", time.GetTimestamp());
        using var watch = source.Watch(Told);
        while (true)
        {
            Task changed;
            (string Why, long At)? lost;
            lock (_lock)
                (changed, lost) = (_changed.Task, _lost);
            var untilLease = settings.Lease - leases.SilenceOf(session);
            if (untilLease <= TimeSpan.Zero)
                return Text($"node {session.Source} has not renewed its lease for {settings.Lease.TotalSeconds:0.###} s");
            var left = untilLease;
            if (lost is var (why, at))
            {
                var untilGrace = settings.Grace - time.GetElapsedTime(at);
                if (untilGrace <= TimeSpan.Zero)
                    return Text($"the connection with node {session.Source} was lost and not back within {settings.Grace.TotalSeconds:0.###} s: {why}");
                left = untilGrace < left ? untilGrace : left;
            }

            // A timer may fire a moment early by the clock that it was computed with.
            var turn = Task.Delay(left < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : left, time, cancellationToken);
            await FirstOf.Async(turn, changed);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private void Told(PeerChange change)
    {
        if (change.Session.Direction != PeerDirection.Accepted)
            return;
        TaskCompletionSource changed;
        lock (_lock)
        {
            _lost = change.Lost is { } why ? (why, time.GetTimestamp()) : null;
            (changed, _changed) = (_changed, new TaskCompletionSource());
        }

        changed.SetResult();
    }
}
