namespace VmSupervisor.AspNetCore.Remoting;

/// <summary>What one remoting connection (<c>/v1/remoting</c>) may do. Its client is told in the answer to <c>hello</c>.</summary>
public sealed class RemotingOptions
{
    /// <summary>How many requests may be pending at once; 64 unless told. What is more is refused at once.</summary>
    public int Requests { get; set; } = 64;

    /// <summary>How many watches may be open at once; 1000 unless told: every VM of a large node.</summary>
    public int Watches { get; set; } = 1000;

    /// <summary>How many subscriptions may be open at once; 100 unless told.</summary>
    public int Subscriptions { get; set; } = 100;

    /// <summary>
    /// How many events a subscriber that had caught up may fall behind until its subscription ends and it is told from where to
    /// read again; 10,000 unless told. They are read from the journal as they are sent, and held by nobody meanwhile.
    /// </summary>
    public long EventsBehind { get; set; } = 10_000;

    /// <summary>
    /// After how long a silence the server sends a ping, and how long it waits for the pong; 15 s unless told, as for event
    /// streams.
    /// </summary>
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Within what time <c>hello</c> must come; 10 s unless told.</summary>
    public TimeSpan HelloWithin { get; set; } = TimeSpan.FromSeconds(10);
}
