using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.EndToEnd.Tests.Support;
using VmSupervisor.Migrations.Tests.Driving;

namespace VmSupervisor.Migrations.Tests;

/// <summary>libvirt's fault: whoever drives a migration dies after Prepare, and the target's QEMU waits for ever.</summary>
[Trait("Category", "Qemu")]
public sealed class DriverDeathTests
{
    /// <summary>An idle machine takes 0.2 s beyond the grace; this ends a wait that would never end.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact(Timeout = Limits.Test)]
    public Task When_the_source_dies_after_prepare_the_target_is_clean_without_anybodys_help_and_the_vm_moves_again() => Arena.OfItsOwnAsync(
        Patience.Short,
        async arena =>
        {
            using var bridge = new Bridge(arena.A);
            await using var vm = await Moving.StartAsync(
                arena, 7, arena.A, d => d with { Nics = [new() { Type = NicType.Tap, Bridge = bridge.Name }] });
            var held = await HeldMigration.AtAsync(vm, Moment.Prepared, MigrationTransport.Direct);
            var port = await PortAsync(vm, held.Target);
            Assert.NotEmpty(held.Target.Devices.Taps());
            Assert.Single(Copies.Of(held.Target, vm.Vm));
            Assert.True(Listens(port));

            var began = Stopwatch.GetTimestamp();
            await held.Source.KillDaemonAsync();
            held.Lose();
            await Eventually.TrueAsync("nothing of it is left at the target", () =>
                Copies.Of(held.Target, vm.Vm).Count == 0 && held.Target.World.RunDirectories().Count == 0
                && held.Target.Devices.Taps().Count == 0 && !Listens(port) && PostStopRan(arena, 2));
            var took = Stopwatch.GetElapsedTime(began);
            Assert.True(took < Limit, $"it took {took}");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"## source killed after Prepare: the target is clean after {took.TotalSeconds:0.00} s, of which {Patience.Short.Grace.TotalSeconds:0.0} s are grace"));

            await held.Source.StartDaemonAsync();
            Assert.Equal(Outcome.RunsAtSource, await Settlement.OfAsync(vm, held));
            await arena.ConnectedAsync();
            await vm.MoveAsync(MigrationTransport.Direct);
            await vm.EndAsync();
        });

    private static bool PostStopRan(Arena arena, long incarnation) =>
        arena.A.World.Hooks().Any(h => h.Incarnation == incarnation && h is { Phase: "post-stop", Word: "end" });

    private static async Task<int> PortAsync(Moving vm, Node target)
    {
        var listening = Assert.Single(await vm.HistoryAsync(target), e => e.Type == "listen-began");
        return IPEndPoint.Parse(listening.Data["address"]["tcp:".Length..]).Port;
    }

    private static bool Listens(int port) => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(l => l.Port == port);
}
