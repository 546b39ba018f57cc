using VmSupervisor.Contracts.Remoting;

namespace VmSupervisor.Client.Cluster;

/// <summary>Ends what was opened over a session; that the session has ended, or the node has ended it, is as good.</summary>
internal static class SessionEnds
{
    public static Task UnsubscribeAsync(this RemotingSession session, long subscription) =>
        EndAsync(session, RemotingProtocol.Unsubscribe, new UnsubscribeRequest(subscription));

    public static Task UnwatchAsync(this RemotingSession session, long watch) => EndAsync(session, RemotingProtocol.Unwatch, new UnwatchRequest(watch));

    private static async Task EndAsync<T>(RemotingSession session, string method, T parameters)
    {
        if (session.Ended.IsCompleted)
            return;
        try
        {
            await session.CallAsync<T, Done>(method, parameters, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SessionBrokenException or VmsupException)
        {
            // It has ended.
        }
    }
}
