using Microsoft.Extensions.Logging;
using VmSupervisor.Actors.Kernel;
using VmSupervisor.Actors.Persistence;

namespace VmSupervisor.Actors;

/// <summary>A hierarchy of actors with one dispatcher and one clock.</summary>
public sealed partial class ActorSystem
{
    private readonly ActorSystemOptions _options;
    private readonly Broadcast<UnhandledMessage> _unhandled;
    private readonly SeededRandom _random;
    private readonly ActorPath _root;
    private readonly ActorCell _rootCell;
    private readonly ActorCell _user;
    private readonly ActorCell _system;
    private readonly Termination _termination;
    private long _lastUid;

    /// <summary>Starts a system.</summary>
    public ActorSystem(ActorSystemOptions? options = null)
    {
        _options = options ?? new ActorSystemOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.Throughput, nameof(options));
        ActorPath.CheckName(_options.Name);
        Logger = _options.LoggerFactory.CreateLogger<ActorSystem>();
        _random = new SeededRandom(_options.Seed ?? Time.GetTimestamp());
        _unhandled = new Broadcast<UnhandledMessage>(Logger);
        _root = new ActorPath(null, Name, 0);
        DeadLetters = new DeadLetters(this, _root);
        RecoveryPermits = new RecoveryPermits(_options.RecoveryPermits);
        _termination = new Termination(this);

        _rootCell = new ActorCell(this, Props.Create(() => new RootGuardian(() => (_user!.Self, _system!.Self))), null, _root);
        _rootCell.OpenChildren();
        _user = AddGuardian("user");
        _system = AddGuardian("system");

        // Last: the root looks for both as soon as it starts, on another thread.
        _rootCell.Self.SendSystem(new SystemMessage.Create());
    }

    /// <summary>The name.</summary>
    public string Name => _options.Name;

    /// <summary>The clock.</summary>
    public TimeProvider Time => _options.TimeProvider;

    /// <summary>Where the actors run.</summary>
    public IDispatcher Dispatcher => _options.Dispatcher;

    /// <summary>Where messages end that have no receiver.</summary>
    public DeadLetters DeadLetters { get; }

    /// <summary>Ends, without failure, when all actors have stopped.</summary>
    public Task WhenTerminated => _termination.Task;

    internal ILogger Logger { get; }

    internal int Throughput => _options.Throughput;

    internal ActorSystemOptions Options => _options;

    internal RecoveryPermits RecoveryPermits { get; }

    /// <summary>Creates an actor under /user. Thread-safe; the actor starts soon, not within this call.</summary>
    /// <param name="props">How it is made.</param>
    /// <param name="name">Its name under /user; null for a generated one.</param>
    /// <exception cref="InvalidActorNameException">The name is not allowed or taken.</exception>
    /// <exception cref="InvalidOperationException">The system is terminating.</exception>
    public IActorRef ActorOf(Props props, string? name = null) => _user.ActorOf(props, name);

    /// <summary>As <see cref="ActorOf"/>, under /system: for what serves the actors of /user and is stopped after them.</summary>
    public IActorRef SystemActorOf(Props props, string? name = null) => _system.ActorOf(props, name);

    /// <summary>Stops an actor after the message it is handling; its children first. Thread-safe.</summary>
    public void Stop(IActorRef actor)
    {
        if (actor is LocalActorRef { Cell: var cell })
        {
            cell.StopSelf(cause: null);
        }
    }

    /// <summary>Calls a handler for every message that its receiver did not handle, as <see cref="DeadLetters.Subscribe"/> does.</summary>
    public IDisposable SubscribeUnhandled(Action<UnhandledMessage> handler) => _unhandled.Subscribe(handler);

    /// <summary>As <see cref="ActorRefExtensions.Ask{T}"/>, also for targets that are not of this system.</summary>
    public Task<T> Ask<T>(IActorRef target, object message, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        var uid = NextUid();
        var promise = new Promise<T>(this, new ActorPath(_root, $"temp-{uid}", uid));
        promise.Start(target, message, timeout, cancellationToken);
        return promise.Task;
    }

    /// <summary>
    /// Stops all actors, children before their parents, /user before /system, and waits for the end; at most as long
    /// as the limit.
    /// </summary>
    /// <param name="limit">How long to wait; by default <see cref="ActorSystemOptions.TerminateTimeLimit"/>.</param>
    /// <exception cref="TimeoutException">Some actors have not stopped in time; it names them. They may still stop later.</exception>
    public Task TerminateAsync(TimeSpan? limit = null)
    {
        _user.StopSelf(cause: null);
        return _termination.WaitAsync(limit ?? _options.TerminateTimeLimit);
    }

    internal long NextUid() => Interlocked.Increment(ref _lastUid);

    internal double NextRandom()
    {
        lock (_random)
        {
            return _random.NextDouble();
        }
    }

    internal void PublishUnhandled(UnhandledMessage message)
    {
        LogUnhandled(Logger, message.Recipient.Path, message.Message.GetType().Name, message.Sender?.Path);
        _unhandled.Publish(message);
    }

    internal void LogDeadLetter(DeadLetter letter) =>
        LogDeadLetter(Logger, letter.Message.GetType().Name, letter.Sender?.Path, letter.Recipient.Path);

    internal void RootStopped() => Dispatcher.Execute(_termination);

    /// <summary>The actors that live, deepest first.</summary>
    internal IReadOnlyList<ActorPath> Living() => [.. _rootCell.LivingPaths()];

    private ActorCell AddGuardian(string name)
    {
        var cell = _rootCell.AddChild(Props.Create(() => new Guardian()), name).Cell;
        cell.OpenChildren();
        return cell;
    }
}
