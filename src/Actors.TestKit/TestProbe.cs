using System.Threading.Channels;

namespace VmSupervisor.Actors.TestKit;

/// <summary>
/// An actor for a test to hold: takes every message and hands them out one by one. On a
/// <see cref="SteppableDispatcher"/> an expectation steps it and lets virtual time pass, and its task is complete
/// when it is returned; elsewhere it waits in real time.
/// </summary>
public sealed class TestProbe
{
    // Long, since it is only waited out by a test that fails, and the machine may be busy.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Channel<(object Message, IActorRef? Sender)> _inbox =
        Channel.CreateUnbounded<(object, IActorRef?)>(new() { AllowSynchronousContinuations = false });

    private readonly ActorSystem _system;

    private TestProbe(ActorSystem system, string? name)
    {
        _system = system;
        Ref = system.SystemActorOf(Props.Create(() => new ProbeActor(_inbox.Writer)), name);
    }

    /// <summary>The probe as others see it.</summary>
    public IActorRef Ref { get; }

    /// <summary>Who sent the message that was received last; null before the first, or when it had no sender.</summary>
    public IActorRef? LastSender { get; private set; }

    /// <summary>Creates a probe under /system, so that it outlives the actors it looks at.</summary>
    public static TestProbe Create(ActorSystem system, string? name = null) => new(system, name);

    /// <summary>Sends a message with the probe as its sender.</summary>
    public void Tell(IActorRef target, object message) => target.Tell(message, Ref);

    /// <summary>Answers the sender of the message that was received last.</summary>
    public void Reply(object message) =>
        (LastSender ?? throw new TestKitException("there is nobody to reply to")).Tell(message, Ref);

    /// <summary>Watches an actor.</summary>
    public void Watch(IActorRef actor) => Ref.Tell(new ProbeActor.Watch(actor));

    /// <summary>Takes a watch back.</summary>
    public void Unwatch(IActorRef actor) => Ref.Tell(new ProbeActor.Unwatch(actor));

    /// <summary>The next message must be a <typeparamref name="T"/> for which the predicate holds.</summary>
    /// <exception cref="TestKitException">None came in time, or another one did.</exception>
    public async Task<T> ExpectMessageAsync<T>(Func<T, bool>? predicate = null, TimeSpan? within = null)
    {
        var next = await NextAsync(within ?? Patience);
        return next switch
        {
            null => throw new TestKitException($"expected {typeof(T).Name}, but no message came within {within ?? Patience}"),
            T message when predicate?.Invoke(message) ?? true => message,
            _ => throw new TestKitException(
                $"expected {typeof(T).Name}{(predicate is null ? "" : " as the predicate wants it")}, but got {next}"),
        };
    }

    /// <summary>The next message must be equal to this one.</summary>
    /// <exception cref="TestKitException">None came in time, or another one did.</exception>
    public async Task<T> ExpectMessageAsync<T>(T expected, TimeSpan? within = null)
        where T : notnull
    {
        var next = await NextAsync(within ?? Patience)
            ?? throw new TestKitException($"expected {expected}, but no message came within {within ?? Patience}");
        return next is T message && message.Equals(expected)
            ? message
            : throw new TestKitException($"expected {expected}, but got {next}");
    }

    /// <summary>No message may come for so long; virtual time on a steppable dispatcher, real time elsewhere.</summary>
    /// <exception cref="TestKitException">One came.</exception>
    public async Task ExpectNoMessageAsync(TimeSpan during)
    {
        if (await NextAsync(during) is { } next)
        {
            throw new TestKitException($"expected no message, but got {next}");
        }
    }

    /// <summary>The next message must be the end of that actor, which must be watched.</summary>
    /// <exception cref="TestKitException">None came in time, or another message did.</exception>
    public Task<Terminated> ExpectTerminatedAsync(IActorRef actor, TimeSpan? within = null) =>
        ExpectMessageAsync<Terminated>(t => t.Actor.Equals(actor), within);

    /// <summary>Passes over messages until one is a <typeparamref name="T"/> for which the predicate holds.</summary>
    /// <exception cref="TestKitException">None was in time; it names what was passed over.</exception>
    public async Task<T> FishForMessageAsync<T>(Func<T, bool>? predicate = null, TimeSpan? within = null)
    {
        var limit = within ?? Patience;
        var start = _system.Time.GetTimestamp();
        var passedOver = new List<object>();
        while (true)
        {
            var left = limit - _system.Time.GetElapsedTime(start);
            var next = left > TimeSpan.Zero ? await NextAsync(left) : null;
            switch (next)
            {
                case null:
                    throw new TestKitException(
                        $"fished for {typeof(T).Name} for {limit}, but got only: {string.Join(", ", passedOver)}");
                case T message when predicate?.Invoke(message) ?? true:
                    return message;
                default:
                    passedOver.Add(next);
                    break;
            }
        }
    }

    private async Task<object?> NextAsync(TimeSpan within)
    {
        (object Message, IActorRef? Sender) next = default;
        if (_system.Dispatcher is SteppableDispatcher dispatcher)
        {
            if (!dispatcher.RunUntil(() => _inbox.Reader.TryPeek(out _), within))
            {
                return null;
            }

            _inbox.Reader.TryRead(out next);
        }
        else if (!_inbox.Reader.TryRead(out next))
        {
            using var late = new CancellationTokenSource(within, _system.Time);
            try
            {
                next = await _inbox.Reader.ReadAsync(late.Token);
            }
            catch (OperationCanceledException) when (late.IsCancellationRequested)
            {
                return null;
            }
        }

        LastSender = next.Sender;
        return next.Message;
    }
}
