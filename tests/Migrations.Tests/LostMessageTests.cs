using VmSupervisor.Contracts.Commands;
using VmSupervisor.EndToEnd.Tests.Support;
using VmSupervisor.Migrations.Tests.Driving;
using VmSupervisor.Migrations.Tests.Peers;

namespace VmSupervisor.Migrations.Tests;

/// <summary>Single messages between the daemons that are lost while the connection stays.</summary>
[Trait("Category", "Qemu")]
public sealed class LostMessageTests
{
    [Fact(Timeout = Limits.Test)]
    public Task When_the_reply_to_finish_is_lost_the_source_stays_paused_and_in_doubt_until_it_learns_the_verdict_and_goes() => Arena.OfItsOwnAsync(
        Patience.Short,
        async arena =>
        {
            await using var vm = await Moving.StartAsync(arena, 7, arena.A);
            var life = Copies.The(arena.A, vm.Vm).RunDirectory;
            var held = await HeldMigration.AtAsync(vm, Moment.Runs, MigrationTransport.Direct);

            var view = await arena.A.ShowAsync(vm.Vm);
            Assert.Equal(("Running", "paused", "migrate"), (view.State, view.Guest, view.Activity));
            Assert.Contains(view.Problems, p => p.StartsWith($"whether it runs on node {arena.B.Name} is not known", StringComparison.Ordinal));
            Assert.Equal("postmigrate", await Qmp.StatusAsync(life));
            await vm.Serial.BeatsOnAsync();

            held.Lose();
            Assert.Equal(Outcome.RunsAtTarget, await Settlement.OfAsync(vm, held));
            vm.Serial.AssertNoBeatIsMissingOrRepeated();
            var history = await vm.HistoryAsync(arena.A);
            Assert.DoesNotContain(history, e => e.Type == "guest-continued" && e.Version > history.First(h => h.Type == "finish-requested").Version);
            await GoesBackAsync(vm, held);
        });

    [Fact(Timeout = Limits.Test)]
    public Task When_the_request_to_finish_is_lost_the_target_waits_for_the_next_one_since_the_source_is_there() => Arena.OfItsOwnAsync(
        // Shorter than the source waits for an answer.
        Patience.Short,
        async arena =>
        {
            await using var vm = await Moving.StartAsync(arena, 7, arena.A);
            var held = await HeldMigration.AtAsync(vm, Moment.FinishRequested, MigrationTransport.Direct);
            held.Lose();

            Assert.Equal(Outcome.RunsAtTarget, await Settlement.OfAsync(vm, held));
            vm.Serial.AssertNoBeatIsMissingOrRepeated();
            await GoesBackAsync(vm, held);
        });

    [Theory(Timeout = Limits.Test)]
    [InlineData(false)]
    [InlineData(true)]
    public Task When_the_farewell_is_lost_it_is_said_again_and_the_source_has_ended_once(bool onlyItsAnswer) => Arena.OfItsOwnAsync(
        Patience.Short,
        async arena =>
        {
            await using var vm = await Moving.StartAsync(arena, 7, arena.A);
            var farewell = arena.ToB.Hold(onlyItsAnswer ? PeerMessageSeen.IsAcknowledged : PeerMessageSeen.IsAcknowledge);
            await vm.MoveAsync(MigrationTransport.Direct);
            await farewell.Seen.WaitAsync(Limits.Step);
            farewell.Lose();

            await vm.JournaledAsync(arena.A, "farewell-taken");
            var source = await vm.HistoryAsync(arena.A);
            Assert.Single(source, e => e.Type == "handover-decided");
            Assert.Single(source, e => e.Type == "end-began");
            Assert.Single(source, e => e.Type == "cleaned-up");
            Assert.Single(await vm.HistoryAsync(arena.B), e => e.Type == "verdict-forgotten");
            await vm.MoveAsync(MigrationTransport.Direct);
            await vm.EndAsync();
        });

    private static async Task GoesBackAsync(Moving vm, HeldMigration held)
    {
        vm.Node = held.Target;
        await vm.MoveAsync(MigrationTransport.Direct);
        await vm.EndAsync();
    }
}
