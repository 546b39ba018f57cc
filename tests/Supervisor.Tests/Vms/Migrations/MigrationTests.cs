using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Views;
using VmSupervisor.TestKit;

namespace VmSupervisor.Supervisor.Tests.Vms.Migrations;

/// <summary>A VM that is sent from one whole node to another, in virtual time.</summary>
public sealed class MigrationTests
{
    public static TheoryData<long> Seeds => [.. Enumerable.Range(1, 10).Select(s => (long)s)];

    [Theory, MemberData(nameof(Seeds))]
    public void It_moves_and_comes_back_with_its_hooks_balanced_on_both_sides(long seed)
    {
        var pair = new SimulatedPair(seed);
        var there = pair.Migrate();
        Assert.Equal((OperationStatus.Succeeded, "moved to node b: 1 MiB in 1.0 s, the guest stood still for 10 ms"), (there.Status, there.Note));
        pair.AssertRunsOnlyOn(pair.B);
        var left = pair.A.View(pair.Vm);
        Assert.Equal(("CleanedUp", "migrate-out", "b"), (left.State, left.Cause, left.Home));
        Assert.Equal(2, pair.B.View(pair.Vm).Incarnation.Value);
        Assert.Equal(["PreStart api-start", "PostStart api-start", "PostStop migrate-out"], SimulatedPair.HooksOf(pair.A));
        Assert.Equal(["PreStart migrate-in", "PostStart migrate-in"], SimulatedPair.HooksOf(pair.B));

        var back = pair.B.Do(pair.Vm, new VmCommand.Migrate("a"));
        Assert.Equal(OperationStatus.Succeeded, back.Status);
        pair.AssertRunsOnlyOn(pair.A);
        Assert.Equal(3, pair.A.View(pair.Vm).Incarnation.Value);
        Assert.Null(pair.A.View(pair.Vm).Home);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void What_was_to_come_goes_within_grace_and_a_second_when_whoever_drives_is_killed_after_prepare(long seed)
    {
        var pair = new SimulatedPair(seed);
        _ = pair.MigrateUntil(pair.B, "listen-began");
        pair.A.Abandon();
        pair.Dispatcher.RunFor(pair.Site.Conversation.Grace + TimeSpan.FromSeconds(1));
        Assert.Empty(pair.B.Hypervisor.Living);
        Assert.Empty(pair.B.Resources.Held);
        Assert.Null(pair.B.Supervisor.Find("7"));
        Assert.Equal(["PreStart migrate-in", "PostStop migrate-in"], SimulatedPair.HooksOf(pair.B));
        pair.A.Begin();
        pair.AssertRunsOnlyOn(pair.A);
        Assert.Equal(OperationStatus.Succeeded, pair.Migrate().Status);
        pair.AssertRunsOnlyOn(pair.B);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void With_a_grace_of_nothing_the_first_break_of_the_connection_ends_it(long seed)
    {
        var pair = new SimulatedPair(seed, new() { Grace = TimeSpan.Zero });
        var migrating = pair.MigrateUntil(pair.B, "listen-began");
        pair.Cut();
        pair.Mend();
        pair.RunUntil(pair.B, "receive-undone");
        pair.AssertRunsOnlyOn(pair.A);
        Assert.Equal(OperationStatus.Failed, EndOf(pair, migrating).Status);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void A_short_break_of_the_connection_is_nothing(long seed)
    {
        var pair = new SimulatedPair(seed);
        var migrating = pair.MigrateUntil(pair.B, "listen-began");
        pair.Cut();
        pair.Dispatcher.RunFor(TimeSpan.FromMilliseconds(300));
        pair.Mend();
        Assert.Equal(OperationStatus.Succeeded, EndOf(pair, migrating).Status);
        pair.AssertRunsOnlyOn(pair.B);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void A_verdict_that_cannot_be_heard_is_asked_for_until_it_is_and_the_source_stands_still_meanwhile(long seed)
    {
        var pair = new SimulatedPair(seed);
        var migrating = pair.MigrateUntil(pair.B, "migration-committed");
        pair.Cut();
        pair.Dispatcher.RunFor(TimeSpan.FromMinutes(2));
        var doubt = pair.A.View(pair.Vm);
        Assert.Equal(("Running", "paused", "migrate"), (doubt.State, doubt.Guest, doubt.Activity));
        Assert.Contains("migrate-resolve", Assert.Single(doubt.Problems), StringComparison.Ordinal);
        Assert.Equal(1, pair.Running);
        Assert.Equal(OperationStatus.Refused, pair.A.Do(pair.Vm, new VmCommand.Resume()).Status);
        pair.Mend();
        Assert.Equal(OperationStatus.Succeeded, EndOf(pair, migrating).Status);
        pair.AssertRunsOnlyOn(pair.B);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void A_person_decides_when_the_target_is_gone_for_good(long seed)
    {
        var pair = new SimulatedPair(seed);
        var migrating = pair.MigrateUntil(pair.A, "finish-requested");
        pair.B.RebootHost();
        pair.Dispatcher.RunFor(TimeSpan.FromMinutes(1));
        var unfenced = pair.A.Do(pair.Vm, new VmCommand.MigrateResolve(LostNode.Target));
        Assert.Equal((OperationStatus.Refused, ProblemKind.Invalid), (unfenced.Status, unfenced.Problem!.Kind));
        Assert.Equal(OperationStatus.Succeeded, pair.A.Do(pair.Vm, new VmCommand.MigrateResolve(LostNode.Target, Fenced: true)).Status);
        Assert.Equal(OperationStatus.Failed, EndOf(pair, migrating).Status);
        Assert.Equal("running", pair.A.View(pair.Vm).Guest);
        Assert.Contains("test has decided", pair.A.History(pair.Vm).Single(e => e.Type == "handover-decided").Data["detail"], StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void A_person_lets_it_run_when_it_was_committed_and_its_source_is_gone_for_good(long seed)
    {
        var pair = new SimulatedPair(seed);
        _ = pair.MigrateUntil(pair.B, "migration-committed");
        pair.B.Abandon();
        pair.A.RebootHost();
        pair.B.Begin();
        pair.Dispatcher.RunFor(TimeSpan.FromMinutes(1));
        Assert.Equal(0, pair.Running);
        Assert.Contains("migrate-resolve", Assert.Single(pair.B.View(pair.Vm).Problems), StringComparison.Ordinal);
        Assert.Equal(OperationStatus.Succeeded, pair.B.Do(pair.Vm, new VmCommand.MigrateResolve(LostNode.Source, Fenced: true)).Status);
        pair.B.RunUntil(() => pair.Running == 1);
        pair.A.Begin();
        pair.A.RunUntil(() => pair.A.View(pair.Vm).Home == "b");
        pair.AssertRunsOnlyOn(pair.B);
    }

    [Fact]
    public void No_person_decides_while_the_target_answers()
    {
        var pair = new SimulatedPair();
        pair.B.Hooks.Hold(VmSupervisor.Domain.HookPhase.PostStart);
        _ = pair.MigrateUntil(pair.A, "finish-requested");
        var refused = pair.A.Do(pair.Vm, new VmCommand.MigrateResolve(LostNode.Target, Fenced: true));
        Assert.Equal(OperationStatus.Refused, refused.Status);
        Assert.Contains("node b answers", refused.Problem!.Detail, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void A_black_hole_ends_at_the_deadline_and_the_source_goes_on(long seed)
    {
        var pair = new SimulatedPair(seed);
        pair.A.Migrations.BlackHole = true;
        var late = pair.Migrate(new VmCommand.Migrate("b", Deadline: TimeSpan.FromSeconds(5)));
        Assert.Equal((OperationStatus.Failed, ProblemKind.TimedOut), (late.Status, late.Problem!.Kind));
        pair.AssertRunsOnlyOn(pair.A);
        Assert.Equal(["running"], pair.A.History(pair.Vm).Where(e => e.Type == "guest-changed").Select(e => e.Data["guest"]).DefaultIfEmpty("running").Distinct());
    }

    [Theory, MemberData(nameof(Seeds))]
    public void A_target_that_is_lost_while_it_is_sent_is_given_up_without_a_deadline(long seed)
    {
        var pair = new SimulatedPair(seed);
        pair.A.Migrations.BlackHole = true;
        var migrating = pair.MigrateUntil(pair.A, "migration-prepared", new VmCommand.Migrate("b", Deadline: TimeSpan.Zero));
        pair.Dispatcher.RunFor(TimeSpan.FromMinutes(3));
        Assert.False(pair.A.IsAnswered(OperationId.Parse("move")));
        pair.B.Abandon();
        var lost = EndOf(pair, migrating);
        Assert.Equal(OperationStatus.Failed, lost.Status);
        Assert.Contains("node b is lost", lost.Problem!.Detail, StringComparison.Ordinal);
        pair.B.Begin();
        pair.AssertRunsOnlyOn(pair.A);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void It_is_cancelled_and_the_guest_stays(long seed)
    {
        var pair = new SimulatedPair(seed);
        var migrating = pair.MigrateUntil(pair.A, "migration-prepared");
        Assert.Equal(OperationStatus.Succeeded, pair.A.Do(pair.Vm, new VmCommand.Cancel(OperationId.Parse("move"))).Status);
        Assert.Equal(OperationStatus.Cancelled, EndOf(pair, migrating).Status);
        pair.AssertRunsOnlyOn(pair.A);
        Assert.Null(pair.B.Supervisor.Find("7"));
    }

    [Theory, MemberData(nameof(Seeds))]
    public void What_is_coming_can_be_stopped_by_a_person(long seed)
    {
        var pair = new SimulatedPair(seed);
        var migrating = pair.MigrateUntil(pair.B, "listen-began");
        Assert.Equal(OperationStatus.Succeeded, pair.B.Do(pair.Vm, new VmCommand.Stop()).Status);
        Assert.Equal(OperationStatus.Failed, EndOf(pair, migrating).Status);
        pair.AssertRunsOnlyOn(pair.A);
    }

    [Fact]
    public void A_paused_guest_arrives_paused()
    {
        var pair = new SimulatedPair();
        pair.A.Do(pair.Vm, new VmCommand.Pause());
        Assert.Equal(OperationStatus.Succeeded, pair.Migrate().Status);
        pair.B.RunUntil(() => pair.B.View(pair.Vm) is { State: "Running", Guest: "paused" });
        Assert.Equal(0, pair.Running);
        pair.B.Do(pair.Vm, new VmCommand.Resume());
        pair.AssertRunsOnlyOn(pair.B);
    }

    [Fact]
    public void What_was_defined_for_the_next_start_goes_along()
    {
        var pair = new SimulatedPair();
        var definition = pair.A.Supervisor.FindDefinition(pair.Vm)!;
        pair.A.Do(pair.Vm, new VmCommand.Define(definition with { Memory = 32 << 20 }));
        Assert.Equal(OperationStatus.Succeeded, pair.Migrate().Status);
        Assert.True(pair.B.View(pair.Vm).Pending);
        var (next, now) = (pair.B.Supervisor.FindDefinition(pair.Vm)!, pair.B.Supervisor.FindRunningDefinition(pair.Vm)!);
        Assert.Equal((32 << 20, 16 << 20), (next.Memory, now.Memory));
        Assert.NotNull(now.Uuid);
        Assert.Equal(now.Uuid, next.Uuid);
    }

    [Theory]
    [InlineData("a", ProblemKind.Conflict, "it is on node a already")]
    [InlineData("c", ProblemKind.NotFound, "this node knows no node c; it knows b")]
    public void It_is_refused_before_anything_begins(string target, ProblemKind kind, string why)
    {
        var pair = new SimulatedPair();
        var refused = pair.Migrate(new VmCommand.Migrate(target));
        Assert.Equal((OperationStatus.Refused, kind, $"vm 7: migrate refused: {why}"), (refused.Status, refused.Problem!.Kind, refused.Problem.Detail));
    }

    [Theory]
    [InlineData("id", "node b cannot take it: this node has a VM of this id; undefine it first")]
    [InlineData("name", "node b cannot take it: the name 'vm-7' is vm 8's there")]
    [InlineData("image", "node b cannot take it: no such image")]
    [InlineData("cut", "no connection with b (sim:b)")]
    public void The_target_says_why_it_cannot_take_it_and_nothing_is_begun(string what, string why)
    {
        var pair = new SimulatedPair();
        switch (what)
        {
            case "id":
                pair.B.Define(7);
                break;
            case "name":
                pair.B.Define(8, change: d => d with { Name = "vm-7" });
                break;
            case "image":
                pair.B.Resources.AcquireFails = step => step is VmSupervisor.Domain.Step.Volume ? "no such image" : null;
                break;
            case "cut":
                pair.Cut();
                pair.Dispatcher.RunFor(TimeSpan.FromSeconds(1));
                break;
        }

        var failed = pair.Migrate();
        Assert.Equal(OperationStatus.Failed, failed.Status);
        Assert.Contains(why, failed.Problem!.Detail, StringComparison.Ordinal);
        Assert.Equal(1, pair.Running);
        Assert.Null(pair.A.View(pair.Vm).Activity);
        Assert.Empty(pair.B.Hypervisor.Processes);
    }

    private static OperationView EndOf(SimulatedPair pair, Task<OperationView> migrating) => pair.Dispatcher.Run(
        pair.Dispatcher.Start(async () => await migrating is { Ended: false } running ? (await pair.A.Supervisor.WaitForEndAsync(running.Id))! : await migrating),
        TimeSpan.FromMinutes(3));
}
