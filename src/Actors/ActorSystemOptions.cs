using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace VmSupervisor.Actors;

/// <summary>How an <see cref="ActorSystem"/> is set up. Everything has a default.</summary>
public sealed record ActorSystemOptions
{
    /// <summary>The system's name, the first part of every path.</summary>
    public string Name { get; init; } = "actors";

    /// <summary>Where actors run; the thread pool by default.</summary>
    public IDispatcher Dispatcher { get; init; } = new ThreadPoolDispatcher();

    /// <summary>The only clock of the system; the machine's by default.</summary>
#pragma warning disable RS0030 // The one place where the kernel may know the real clock: as the default of the option.
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
#pragma warning restore RS0030

    /// <summary>Where failures and dead letters are logged; nowhere by default.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>How many user messages an actor handles before it lets others run; 30 by default, as in Akka.NET.</summary>
    public int Throughput { get; init; } = 30;

    /// <summary>The seed of the jitter of backoffs; by default taken from the clock.</summary>
    public long? Seed { get; init; }

    /// <summary>How many persistent actors recover at the same time; 50 by default, as in Akka.NET.</summary>
    public int RecoveryPermits { get; init; } = 50;

    /// <summary>
    /// How long one recovery may take, from its permit on; then it fails and returns the permit. 30 s by default, as
    /// Akka.NET's recovery-event-timeout. Waiting for a permit is not limited.
    /// </summary>
    public TimeSpan RecoveryTimeLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a persistent actor waits for the answer of the journal to an append; then the outcome counts as
    /// unknown. Journals have a limit of their own; this one, 60 s by default, is for one that breaks its promise.
    /// </summary>
    public TimeSpan PersistTimeLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long <see cref="ActorSystem.TerminateAsync"/> waits for all actors to stop; 30 s by default.</summary>
    public TimeSpan TerminateTimeLimit { get; init; } = TimeSpan.FromSeconds(30);
}
