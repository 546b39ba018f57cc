using VmSupervisor.Contracts.Remoting;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Client.Cluster;

/// <summary>One node of the cluster: keeps a session with it, and carries what is asked over from one that broke to the next.</summary>
internal sealed class NodeLink : IAsyncDisposable
{
    private readonly VmClusterOptions options;
    private readonly NodeDoor door;
    private readonly Backoff backoff;
    private readonly CancellationTokenSource closing = new();
    private readonly TaskCompletionSource firstAttempt = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock state = new();
    private readonly Task running;
    private TaskCompletionSource<RemotingSession> up = NewSignal();
    private DateTimeOffset since;
    private VmsupException? refusal;

    public NodeLink(string name, NodeEndpoint endpoint, VmClusterOptions options, ulong seed)
    {
        Name = name;
        Endpoint = endpoint;
        this.options = options;
        door = new NodeDoor(endpoint, options);
        backoff = new Backoff(options.FirstPause, options.LongestPause, seed);
        since = options.Time.GetUtcNow();
        running = RunAsync();
    }

    public string Name { get; }

    public NodeEndpoint Endpoint { get; }

    /// <summary>The first attempt to connect has succeeded or failed.</summary>
    public Task FirstAttempt => firstAttempt.Task;

    /// <summary>Why there is no session; null while there is one, and before the first attempt has failed.</summary>
    public VmsupException? Refusal
    {
        get
        {
            lock (state)
                return refusal;
        }
    }

    public ClusterNode View
    {
        get
        {
            lock (state)
            {
                var session = Current().Task is { IsCompletedSuccessfully: true } there ? there.Result : null;
                return new(Name, Endpoint, session is not null, since, session?.Hello.Supervisor, refusal?.Message);
            }
        }
    }

    /// <summary>The session; waits for one when there is none.</summary>
    public Task<RemotingSession> SessionAsync(CancellationToken cancellationToken)
    {
        lock (state)
            return Current().Task.WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Asks; again over the next session when one breaks, so it must be something that may be asked again. The deadline is for all
    /// of it, and what is left of it is the node's to know.
    /// </summary>
    /// <exception cref="VmsupException">The node refuses, or the deadline is over.</exception>
    public async Task<TResult> CallAsync<T, TResult>(
        string method, Func<long?, T> parameters, TimeSpan? deadline, CancellationToken cancellationToken)
    {
        var began = options.Time.GetTimestamp();
        using var limit = new CancellationTokenSource(deadline ?? System.Threading.Timeout.InfiniteTimeSpan, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            while (true)
            {
                var session = await SessionAsync(either.Token).ConfigureAwait(false);
                try
                {
                    var left = deadline is { } span ? (long?)Math.Max(1, (long)(span - options.Time.GetElapsedTime(began)).TotalMilliseconds) : null;
                    return await session.CallAsync<T, TResult>(method, parameters(left), either.Token).ConfigureAwait(false);
                }
                catch (SessionBrokenException)
                {
                    // Whether it arrived is not known: the next session finds out.
                }
                catch (VmsupException e) when (e is { Kind: ProblemKind.Unavailable, Operation: null })
                {
                    // It is on its way down and has decided nothing: the session ends soon.
                    await Task.Delay(options.FirstPause, options.Time, either.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            var why = Refusal is { } refused ? $": {refused.Message}" : "";
            throw new VmsupException(
                new Problem(ProblemKind.TimedOut, $"node {Name} has not answered {method} within {deadline!.Value.TotalSeconds:0.###} s{why}"), innerException: e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (state)
            up.TrySetException(new ObjectDisposedException(nameof(VmCluster)));
        door.Dispose();
        closing.Dispose();
    }

    private async Task RunAsync()
    {
        while (!closing.IsCancellationRequested)
        {
            try
            {
                await ServeAsync().ConfigureAwait(false);
            }
            catch (VmsupException e)
            {
                Down(e);
            }
            catch (SessionBrokenException e)
            {
                Down(Broken(e.Message));
            }
            catch (OperationCanceledException) when (closing.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // A hook of the options, such as one that gives tokens.
                Down(new VmsupException(new Problem(ProblemKind.Failed, $"node {Name}: {e.Message}"), innerException: e));
            }

            firstAttempt.TrySetResult();
            await Task.Delay(backoff.Next(), options.Time, closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One session from its beginning to its end.</summary>
    private async Task ServeAsync()
    {
        using var limit = new CancellationTokenSource(options.ConnectTimeout, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, closing.Token);
        RemotingSession? opened = null;
        try
        {
            var socket = await door.OpenAsync(RemotingProtocol.Path.TrimStart('/'), either.Token).ConfigureAwait(false);
            opened = await RemotingSession.BeginAsync(socket, options.Client, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!closing.IsCancellationRequested)
        {
            throw new VmsupException(
                new Problem(ProblemKind.TimedOut, $"node {Name}: no answer to hello within {options.ConnectTimeout.TotalSeconds:0} s"), innerException: e);
        }

        await using (opened.ConfigureAwait(false))
        {
            if (opened.Hello.Node != Name)
            {
                throw new VmsupException(new Problem(
                    ProblemKind.Conflict, $"node {Name}: at {Endpoint} is node {opened.Hello.Node}; name it so among the nodes of this client"));
            }

            backoff.Reset();
            Up(opened);
            var why = await opened.Ended.WaitAsync(closing.Token).ConfigureAwait(false);
            Down(Broken(why));
        }
    }

    private VmsupUnreachableException Broken(string why) => new($"node {Name}: the connection broke: {why.TrimEnd('.')}", wasSent: true, null);

    private void Up(RemotingSession session)
    {
        lock (state)
        {
            (since, refusal) = (options.Time.GetUtcNow(), null);
            up.SetResult(session);
        }

        firstAttempt.TrySetResult();
    }

    private void Down(VmsupException why)
    {
        lock (state)
        {
            Current();
            refusal = why;
        }
    }

    /// <summary>The session, or the signal of the next one. Under the lock.</summary>
    private TaskCompletionSource<RemotingSession> Current()
    {
        // Whoever saw it break may be here before who takes it down.
        if (up.Task is { IsCompletedSuccessfully: true, Result.Ended.IsCompleted: true })
            (up, since) = (NewSignal(), options.Time.GetUtcNow());
        return up;
    }

    private static TaskCompletionSource<RemotingSession> NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
