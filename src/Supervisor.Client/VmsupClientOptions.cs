namespace VmSupervisor.Client;

/// <summary>How a <see cref="VmsupClient"/> behaves.</summary>
public sealed record VmsupClientOptions
{
    /// <summary>
    /// How long the daemon may take to begin an answer, beyond what a request asks it to wait; 60 s unless told. After a
    /// restart it answers only when its VMs are recovered, which takes seconds.
    /// </summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long a broken subscription is tried again before it fails; 60 s unless told, which outlasts a restart of the
    /// daemon.
    /// </summary>
    public TimeSpan ReconnectFor { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long one request waits for the end of an operation before it asks again; 30 s unless told.</summary>
    public TimeSpan WaitPerRequest { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
