using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Vms.Effects;

namespace VmSupervisor.Supervisor.Tests.Vms;

/// <summary>A life's claims are forgotten only when no call for its hooks is under way.</summary>
public sealed class HookCallsTests
{
    private static readonly HookOutcome Outcome = new(HookStatus.Succeeded, "", "");

    [Fact]
    public async Task Whoever_waits_for_a_life_waits_for_its_calls_and_not_for_those_of_the_next()
    {
        var calls = new HookCalls();
        var first = new TaskCompletionSource<HookOutcome>();
        var second = new TaskCompletionSource<HookOutcome>();
        var running = calls.RunAsync(new Incarnation(1), () => first.Task, CancellationToken.None);
        _ = calls.RunAsync(new Incarnation(2), () => second.Task, CancellationToken.None);
        var over = calls.AreOverAsync(new Incarnation(1), CancellationToken.None);
        Assert.False(over.IsCompleted);
        first.SetResult(Outcome);
        Assert.Same(Outcome, await running);
        await over;
        Assert.False(calls.AreOverAsync(new Incarnation(2), CancellationToken.None).IsCompleted);
    }

    [Fact]
    public async Task A_call_that_was_given_up_before_it_began_is_not_made()
    {
        var calls = new HookCalls();
        await Assert.ThrowsAsync<OperationCanceledException>(() => calls.RunAsync(
            new Incarnation(1), () => throw new InvalidOperationException("it was made"), new CancellationToken(canceled: true)));
        Assert.True(calls.AreOverAsync(new Incarnation(1), CancellationToken.None).IsCompleted);
    }
}
