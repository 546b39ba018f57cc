using VmSupervisor.Actors.TestKit;

namespace VmSupervisor.Actors.Tests;

public sealed class EffectTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly SteppableDispatcher _dispatcher = new(seed: 1);
    private readonly ActorSystem _system;
    private readonly List<object> _got = [];
    private readonly List<DeadLetter> _dead = [];
    private readonly IActorRef _actor;

    public EffectTests()
    {
        _system = _dispatcher.CreateSystem();
        _system.DeadLetters.Subscribe(_dead.Add);
        _actor = _system.ActorOf(Script.Of((m, _) => _got.Add(m)));
    }

    [Fact]
    public void The_outcome_of_an_effect_comes_back_as_a_message()
    {
        Pipe(async cancel =>
        {
            await Task.Delay(Second, _system.Time, cancel);
            return 42;
        });
        Assert.Empty(_got);
        _dispatcher.RunFor(Second);
        Assert.Equal<object>(["done 42"], _got);
    }

    [Fact]
    public void A_failure_comes_back_as_a_message()
    {
        Pipe(async cancel =>
        {
            await Task.Delay(Second, _system.Time, cancel);
            throw new IOException("disk");
        });
        Pipe(_ => throw new IOException("at once"));
        _dispatcher.RunFor(Second);
        Assert.Equal<object>(["failed at once", "failed disk"], _got);
    }

    [Fact]
    public void An_actor_handles_messages_while_its_effect_runs()
    {
        Pipe(_ => new TaskCompletionSource<int>().Task);
        _actor.Tell("meanwhile");
        _dispatcher.RunUntilIdle();
        Assert.Equal<object>(["meanwhile"], _got);
    }

    [Fact]
    public void A_cancelled_effect_still_reports_its_outcome()
    {
        IEffect? effect = null;
        _actor.Tell(new Do(c => effect = c.PipeToSelf(
            async cancel =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, _system.Time, cancel);
                return 0;
            },
            n => $"done {n}", e => e.GetType().Name)));
        _dispatcher.RunUntilIdle();
        effect!.Cancel();
        _dispatcher.RunUntilIdle();
        Assert.Equal<object>(["TaskCanceledException"], _got);
    }

    [Fact]
    public void The_outcome_for_a_life_that_is_over_is_a_dead_letter_and_the_work_is_cancelled()
    {
        var cancelled = false;
        var release = new TaskCompletionSource<int>();
        Pipe(async cancel =>
        {
            cancel.Register(() => cancelled = true);
            return await release.Task;
        });
        _actor.Tell(new Throw("x"));
        _dispatcher.RunUntilIdle();
        Assert.True(cancelled);
        release.SetResult(7);
        _dispatcher.RunUntilIdle();
        Assert.Empty(_got);
        Assert.Equal("done 7", Assert.Single(_dead).Message);
    }

    [Fact]
    public void The_outcome_for_a_stopped_actor_is_a_dead_letter()
    {
        var release = new TaskCompletionSource<int>();
        Pipe(_ => release.Task);
        _system.Stop(_actor);
        _dispatcher.RunUntilIdle();
        release.SetResult(7);
        _dispatcher.RunUntilIdle();
        Assert.Equal("done 7", Assert.Single(_dead).Message);
    }

    [Fact]
    public void A_failure_message_that_cannot_be_made_fails_the_actor()
    {
        var lives = 0;
        var actor = _system.ActorOf(Script.Of(start: _ => lives++));
        actor.Tell(new Do(c => c.PipeToSelf<int>(
            _ => throw new IOException("x"), n => n, _ => throw new FormatException("no words"))));
        _dispatcher.RunUntilIdle();
        Assert.Equal(2, lives);
    }

    [Fact]
    public void An_effect_starts_outside_of_the_turn_that_began_it()
    {
        var order = new List<string>();
        _actor.Tell(new Do(c =>
        {
            c.PipeToSelf(_ =>
            {
                order.Add("effect");
                return Task.FromResult(0);
            }, n => n, e => e);
            order.Add("turn ends");
        }));
        _dispatcher.RunUntilIdle();
        Assert.Equal(["turn ends", "effect"], order);
    }

    private void Pipe(Func<CancellationToken, Task<int>> work)
    {
        _actor.Tell(new Do(c => c.PipeToSelf(work, n => $"done {n}", e => $"failed {e.Message}")));
        _dispatcher.RunUntilIdle();
    }
}
