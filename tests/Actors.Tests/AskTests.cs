using VmSupervisor.Actors.TestKit;

namespace VmSupervisor.Actors.Tests;

public sealed class AskTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly SteppableDispatcher _dispatcher = new(seed: 1);
    private readonly ActorSystem _system;
    private readonly IActorRef _echo;

    public AskTests()
    {
        _system = _dispatcher.CreateSystem();
        _echo = _system.ActorOf(Script.Of((m, c) => c.Sender.Tell(m, c.Self)));
    }

    [Fact]
    public void An_ask_gives_the_answer() => Assert.Equal(42, _dispatcher.Run(_echo.Ask<int>(42, Second)));

    [Fact]
    public void A_failure_as_answer_fails_the_ask() =>
        Assert.Throws<IOException>(() => _dispatcher.Run(_echo.Ask<int>(new Failure(new IOException("no")), Second)));

    [Fact]
    public void An_answer_of_another_type_fails_the_ask() =>
        Assert.Throws<AskTypeException>(() => _dispatcher.Run(_echo.Ask<int>("text", Second)));

    [Fact]
    public void An_ask_times_out_by_the_systems_clock()
    {
        var silent = _system.ActorOf(Script.Of((_, _) => { }), "silent");
        var ask = silent.Ask<int>("anybody?", Second);
        _dispatcher.RunFor(Second - TimeSpan.FromTicks(1));
        Assert.False(ask.IsCompleted);
        _dispatcher.RunFor(TimeSpan.FromTicks(1));
        var e = Assert.IsType<AskTimeoutException>(ask.Exception!.InnerException);
        Assert.Equal("actors://actors/user/silent did not answer String within 00:00:01", e.Message);
    }

    [Fact]
    public void An_answer_after_the_timeout_is_a_dead_letter()
    {
        var dead = new List<DeadLetter>();
        _system.DeadLetters.Subscribe(dead.Add);
        IActorRef? asker = null;
        var slow = _system.ActorOf(Script.Of((_, c) => asker = c.Sender));
        var ask = slow.Ask<string>("?", Second);
        _dispatcher.RunFor(2 * Second);
        asker!.Tell("late");
        _dispatcher.RunUntilIdle();
        Assert.True(ask.IsFaulted);
        Assert.Equal("late", Assert.Single(dead).Message);
    }

    [Fact]
    public void A_cancelled_ask_is_cancelled_at_once()
    {
        using var cancel = new CancellationTokenSource();
        var ask = _system.ActorOf(Script.Of((_, _) => { })).Ask<int>("?", Second, cancel.Token);
        cancel.Cancel();
        _dispatcher.RunUntilIdle();
        Assert.True(ask.IsCanceled);
        Assert.True(_echo.Ask<int>(1, Second, cancel.Token).IsCanceled);
    }

    [Fact]
    public void Dispatcher_work_that_awaits_an_ask_goes_on_on_the_dispatcher()
    {
        var schedulers = new List<TaskScheduler>();
        var threads = new HashSet<int>();
        var sum = _dispatcher.Run(_dispatcher.Start(async () =>
        {
            var total = 0;
            for (var i = 1; i <= 10; i++)
            {
                total += await _echo.Ask<int>(i, Second);
                await Task.Delay(Second, _system.Time);
                schedulers.Add(TaskScheduler.Current);
                threads.Add(Environment.CurrentManagedThreadId);
            }

            return total;
        }));
        Assert.Equal(55, sum);
        Assert.All(schedulers, s => Assert.Same(_dispatcher.Scheduler, s));
        Assert.Equal([Environment.CurrentManagedThreadId], threads);
        Assert.Equal(10 * Second, _dispatcher.Time.Elapsed);
    }

    [Fact]
    public void Even_a_continuation_that_leaves_its_context_runs_on_the_stepping_thread()
    {
        var thread = _dispatcher.Run(_dispatcher.Start(async () =>
        {
            await _echo.Ask<int>(1, Second).ConfigureAwait(false);
            return Environment.CurrentManagedThreadId;
        }));
        Assert.Equal(Environment.CurrentManagedThreadId, thread);
    }

    [Fact]
    public async Task An_ask_from_outside_works_on_the_thread_pool()
    {
        var system = new ActorSystem();
        var echo = system.ActorOf(Script.Of((m, c) => c.Sender.Tell(m, c.Self)));
        var answers = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => echo.Ask<int>(i, TimeSpan.FromMinutes(1))));
        Assert.Equal(Enumerable.Range(0, 1000), answers);
        await system.TerminateAsync();
    }
}
