namespace VmSupervisor.Actors.TestKit;

/// <summary>
/// Runs actors one item at a time, on the thread that steps it; the seed picks which of the runnable mailboxes,
/// effects and continuations is next. Time is <see cref="Time"/>. The same seed gives the same run.
/// </summary>
/// <remarks>
/// That holds while everything happens on this dispatcher. While a step runs, work from another thread means that
/// something has escaped to the thread pool (<c>ConfigureAwait(false)</c>, <c>RunContinuationsAsynchronously</c>, a
/// real timer); the next step then throws, unless <see cref="AllowOtherThreads"/>.
/// </remarks>
public sealed class SteppableDispatcher : IDispatcher
{
    private readonly Lock _lock = new();
    private readonly List<IThreadPoolWorkItem> _ready = [];
    private readonly SeededRandom _random;
    private readonly StepScheduler _scheduler;
    private int? _steppingThread;
    private string? _escaped;

    /// <summary>Creates a dispatcher with its clock.</summary>
    /// <param name="seed">Decides every order that is free.</param>
    /// <param name="start">Where the clock starts; 2026-01-01 00:00 UTC by default.</param>
    public SteppableDispatcher(long seed, DateTimeOffset? start = null)
    {
        Seed = seed;
        _random = new SeededRandom(seed);
        _scheduler = new StepScheduler(this);
        Time = new VirtualTime(start, seed);
    }

    /// <summary>The seed, to be named when a run fails.</summary>
    public long Seed { get; }

    /// <summary>The clock.</summary>
    public VirtualTime Time { get; }

    /// <summary>How many items have run.</summary>
    public long Steps { get; private set; }

    /// <summary>Whether nothing can run before time goes on.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock)
            {
                return _ready.Count == 0;
            }
        }
    }

    /// <summary>Takes work from other threads while stepping; the run is then no longer the seed's alone. False by default.</summary>
    public bool AllowOtherThreads { get; init; }

    /// <summary>Called with the name of every item before it runs, for a trace of the run.</summary>
    public Action<string>? OnStep { get; set; }

    /// <inheritdoc />
    public TaskScheduler Scheduler => _scheduler;

    /// <summary>A system on this dispatcher and its clock, with one message per turn, so that the seed decides most.</summary>
    /// <param name="options">Everything else.</param>
    public ActorSystem CreateSystem(ActorSystemOptions? options = null) => new((options ?? new ActorSystemOptions()) with
    {
        Dispatcher = this,
        TimeProvider = Time,
        Throughput = 1,
        Seed = options?.Seed ?? Seed,
    });

    /// <inheritdoc />
    public void Execute(IThreadPoolWorkItem item)
    {
        lock (_lock)
        {
            if (_steppingThread is { } stepping && stepping != Environment.CurrentManagedThreadId && !AllowOtherThreads)
            {
                _escaped ??= $"{item} came from another thread:{Environment.NewLine}{Environment.StackTrace}";
            }

            _ready.Add(item);
        }
    }

    /// <summary>Runs one item.</summary>
    /// <returns>False when there is none.</returns>
    /// <exception cref="InvalidOperationException">Work came from another thread, or a step is running already.</exception>
    public bool Step()
    {
        if (TakeNext() is not { } item)
        {
            return false;
        }

        Steps++;
        return Stepping(() =>
        {
            OnStep?.Invoke(item.ToString() ?? "");
            item.Execute();
            return true;
        });
    }

    /// <summary>Steps until nothing can run before time goes on.</summary>
    /// <param name="maxSteps">What is more than that is a loop that never comes to rest.</param>
    /// <returns>The number of steps.</returns>
    /// <exception cref="InvalidOperationException">It does not come to rest, or work came from another thread.</exception>
    public int RunUntilIdle(int maxSteps = 1_000_000)
    {
        for (var steps = 0; steps < maxSteps; steps++)
        {
            if (!Step())
            {
                return steps;
            }
        }

        throw new InvalidOperationException($"seed {Seed}: not idle after {maxSteps} steps");
    }

    /// <summary>
    /// Moves the clock and fires what is due, in time order, but runs nothing else: as if the machine had been too
    /// busy meanwhile.
    /// </summary>
    public void AdvanceTime(TimeSpan span)
    {
        var end = Time.Elapsed + span;
        while (Fire(end))
        {
        }
    }

    /// <summary>Lets a span pass: runs until idle before the clock moves, and after every timer.</summary>
    public void RunFor(TimeSpan span)
    {
        var end = Time.Elapsed + span;
        do
        {
            RunUntilIdle();
        }
        while (Fire(end));
    }

    /// <summary>Steps, and lets time pass whenever idle, until a condition holds.</summary>
    /// <param name="condition">Looked at after every step.</param>
    /// <param name="limit">How much virtual time may pass; one minute by default.</param>
    /// <returns>Whether it holds.</returns>
    public bool RunUntil(Func<bool> condition, TimeSpan? limit = null)
    {
        var end = Time.Elapsed + (limit ?? TimeSpan.FromMinutes(1));
        while (!condition())
        {
            if (!Step() && !Fire(end))
            {
                return condition();
            }
        }

        return true;
    }

    /// <summary>Runs until a task has ended and gives its result or throws its failure.</summary>
    /// <param name="task">Something that happens on this dispatcher.</param>
    /// <param name="limit">How much virtual time may pass; one minute by default.</param>
    /// <exception cref="TimeoutException">It has not ended by then.</exception>
    public T Run<T>(Task<T> task, TimeSpan? limit = null)
    {
        Run((Task)task, limit);
        return task.GetAwaiter().GetResult();
    }

    /// <inheritdoc cref="Run{T}(Task{T}, TimeSpan?)" />
    public void Run(Task task, TimeSpan? limit = null)
    {
        if (!RunUntil(() => task.IsCompleted, limit))
        {
            throw new TimeoutException($"seed {Seed}: the task has not ended at {Time.Elapsed}, and nothing is left to run");
        }

        task.GetAwaiter().GetResult();
    }

    /// <summary>Starts work as an effect would be, so that all of it runs on this dispatcher.</summary>
    public Task<T> Start<T>(Func<Task<T>> work)
    {
        var result = new TaskCompletionSource<T>();
        _ = Task.Factory.StartNew(
            async () =>
            {
                try
                {
                    result.SetResult(await work());
                }
                catch (Exception e)
                {
                    result.SetException(e);
                }
            },
            CancellationToken.None, TaskCreationOptions.DenyChildAttach, Scheduler);
        return result.Task;
    }

    private bool Fire(TimeSpan end)
    {
        Enter();
        return Stepping(() => Time.FireNext(end));
    }

    private T Stepping<T>(Func<T> step)
    {
        // An await would prefer a context of the test's thread to this dispatcher's scheduler.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return step();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
            lock (_lock)
            {
                _steppingThread = null;
            }
        }
    }

    private IThreadPoolWorkItem? TakeNext()
    {
        Enter();
        lock (_lock)
        {
            if (_ready.Count == 0)
            {
                _steppingThread = null;
                return null;
            }

            var index = _random.Next(_ready.Count);
            var item = _ready[index];
            _ready[index] = _ready[^1];
            _ready.RemoveAt(_ready.Count - 1);
            return item;
        }
    }

    private void Enter()
    {
        lock (_lock)
        {
            if (_escaped is { } escaped)
            {
                throw new InvalidOperationException($"seed {Seed}: {escaped}");
            }

            if (_steppingThread is not null)
            {
                throw new InvalidOperationException("a step is running already; nothing that runs on a dispatcher may step it");
            }

            _steppingThread = Environment.CurrentManagedThreadId;
        }
    }
}
