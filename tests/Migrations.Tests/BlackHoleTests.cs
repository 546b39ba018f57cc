using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Views;
using VmSupervisor.EndToEnd.Tests.Support;
using VmSupervisor.Migrations.Tests.Driving;

namespace VmSupervisor.Migrations.Tests;

/// <summary>A network that takes everything, delivers nothing, and closes no connection: to QEMU that is no failure.</summary>
[Trait("Category", "Qemu")]
public sealed class BlackHoleTests
{
    [Fact(Timeout = Limits.Test)]
    public Task When_nothing_arrives_any_more_both_sides_give_up_by_themselves_and_the_guest_has_never_stood_still() => Arena.OfItsOwnAsync(
        Patience.Short,
        async arena =>
        {
            await using var vm = await Moving.StartAsync(arena, 7, arena.A);
            var held = await HeldMigration.AtAsync(vm, Moment.Sending, MigrationTransport.Tunnel);

            arena.Swallow();
            Assert.Equal(Outcome.RunsAtSource, await Settlement.OfAsync(vm, held));

            var operation = await held.Source.Client.OperationAsync(held.Operation);
            Assert.Equal(OperationStatus.Failed, operation.Status);
            Assert.Contains($"node {held.Target.Name} is lost", operation.Problem!.Detail);
            await AssertNeverStoodStillAsync(vm, held);
            await GoesOnAsync(vm);
        });

    [Fact(Timeout = Limits.Test)]
    public Task When_nothing_arrives_any_more_the_deadline_ends_it_however_patient_the_nodes_are() => Arena.OfItsOwnAsync(
        Patience.Long,
        async arena =>
        {
            await using var vm = await Moving.StartAsync(arena, 7, arena.A);
            var held = await HeldMigration.AtAsync(vm, Moment.Sending, MigrationTransport.Tunnel);

            arena.Swallow();
            var operation = await held.Source.Client.OperationAsync(held.Operation, Limits.Step);

            Assert.Equal((OperationStatus.Failed, ProblemKind.TimedOut), (operation.Status, operation.Problem?.Kind));
            await AssertNeverStoodStillAsync(vm, held);
            arena.Heal();
            Assert.Equal(Outcome.RunsAtSource, await Settlement.OfAsync(vm, held));
            await GoesOnAsync(vm);
        },
        "vmsup.migration.deadline=3s");

    private static async Task AssertNeverStoodStillAsync(Moving vm, HeldMigration held)
    {
        Assert.Equal("running", await Qmp.StatusAsync(Copies.The(held.Source, vm.Vm).RunDirectory));
        Assert.DoesNotContain(await vm.HistoryAsync(held.Source), e => e.Type == "guest-changed");
        await vm.Serial.BeatsOnAsync();
    }

    private static async Task GoesOnAsync(Moving vm)
    {
        vm.Arena.Heal();
        await vm.Arena.ConnectedAsync();
        await vm.MoveAsync(MigrationTransport.Direct);
        await vm.EndAsync();
    }
}
