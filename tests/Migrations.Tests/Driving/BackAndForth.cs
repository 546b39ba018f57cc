using System.Globalization;
using System.Text.RegularExpressions;
using VmSupervisor.Contracts.Commands;

namespace VmSupervisor.Migrations.Tests.Driving;

/// <summary>One guest that moves again and again, directly and through the nodes' connection in turn.</summary>
internal static partial class BackAndForth
{
    /// <summary>How long the guest stood still each time, as QEMU reports it.</summary>
    public static async Task<IReadOnlyList<TimeSpan>> RunAsync(int times)
    {
        var stood = new List<TimeSpan>();
        await Arena.OfItsOwnAsync(Patience.Short with { Lease = TimeSpan.FromSeconds(10) }, async arena =>
        {
            await using var vm = await Moving.StartAsync(arena, 7, arena.A);
            for (var i = 0; i < times; i++)
            {
                var moved = await vm.MoveAsync(i / 2 % 2 == 0 ? MigrationTransport.Direct : MigrationTransport.Tunnel);
                var told = Downtime().Match(moved.Note ?? "");
                Assert.True(told.Success, $"the answer says nothing of the downtime: {moved.Note}");
                stood.Add(TimeSpan.FromMilliseconds(int.Parse(told.Groups[1].Value, CultureInfo.InvariantCulture)));
            }

            await vm.EndAsync();
        });
        return stood;
    }

    [GeneratedRegex(@"the guest stood still for (\d+) ms")]
    private static partial Regex Downtime();
}
