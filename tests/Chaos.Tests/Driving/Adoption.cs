using System.Diagnostics;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.Chaos.Tests.Driving;

/// <summary>How long a new daemon takes to own what runs.</summary>
/// <param name="Vms">Running QEMUs.</param>
/// <param name="Beating">Those whose heartbeats were compared.</param>
/// <param name="Milliseconds">From exec to READY, once for each kill.</param>
internal sealed record AdoptionFigures(int Vms, int Beating, IReadOnlyList<double> Milliseconds);

/// <summary>Many running guests, and a daemon that is killed and started again under them.</summary>
internal static class Adoption
{
    private const int AtOnce = 8;

    public static async Task<AdoptionFigures> MeasureAsync(int vms, int kills)
    {
        var times = new List<double>();
        await Node.OfItsOwnAsync(async node =>
        {
            await Parallel.ForEachAsync(Enumerable.Range(1, vms), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (vm, _) =>
            {
                await node.DefineAsync(Definitions.Nano(vm, IsBeating(vm) ? "hb_ms=100 hz=50" : "hb_ms=1000 idle=1"));
                await node.StartAsync(vm);
            });
            var beating = Enumerable.Range(1, vms).Where(IsBeating).ToList();
            var before = Pids(node);
            Assert.Equal(vms, before.Count);
            for (var kill = 0; kill < kills; kill++)
            {
                var beats = beating.ToDictionary(vm => vm, vm => node.SerialOf(vm, 1).Beats().LastOrDefault());
                await node.KillDaemonAsync();

                // They beat on while there is no daemon.
                foreach (var vm in beating)
                    await node.SerialOf(vm, 1).BeatsOnAsync(2);
                var began = Stopwatch.GetTimestamp();
                await node.StartDaemonAsync();
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                var views = await node.Client.ListAsync();
                Assert.Equal(vms, views.Count);
                Assert.All(views, view => Assert.Equal(("Running", "running", 1L, before[view.Id.Value]), (view.State, view.Guest, view.Incarnation.Value, view.Pid)));
                Assert.Equal(before, Pids(node));
                foreach (var vm in beating)
                {
                    await node.SerialOf(vm, 1).BeatsOnAsync(2);
                    node.SerialOf(vm, 1).AssertNoBeatIsMissing();
                    Assert.True(node.SerialOf(vm, 1).Beats()[^1] > beats[vm]);
                }
            }
        });
        return new AdoptionFigures(vms, Enumerable.Range(1, vms).Count(IsBeating), times);
    }

    private static bool IsBeating(int vm) => vm % 10 == 1;

    private static Dictionary<int, int> Pids(Node node) => node.World.Processes().ToDictionary(VmOf, process => process.Pid);

    private static int VmOf(WorldProcess process)
    {
        var argument = process.Arguments.First(a => a.Contains("/r/vms/"));
        return int.Parse(argument[(argument.IndexOf("/r/vms/", StringComparison.Ordinal) + "/r/vms/".Length)..].Split('/')[0], System.Globalization.CultureInfo.InvariantCulture);
    }
}
