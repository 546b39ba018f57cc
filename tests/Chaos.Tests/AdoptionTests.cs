using System.Globalization;
using VmSupervisor.Chaos.Tests.Driving;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.Chaos.Tests;

[Trait("Category", "Qemu")]
[Trait("Speed", "Slow")]
public sealed class AdoptionTests
{
    [Fact(Timeout = Limits.Test * 4)]
    public async Task A_daemon_that_follows_a_killed_one_adopts_every_running_guest_and_disturbs_none()
    {
        var vms = Environment.GetEnvironmentVariable("CHAOS_ADOPT") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : 12;

        var figures = await Adoption.MeasureAsync(vms, kills: 2);

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{figures.Vms} QEMUs, exec to READY: {string.Join(", ", figures.Milliseconds.Select(m => m.ToString("F0", CultureInfo.InvariantCulture)))} ms");
        Assert.Equal(2, figures.Milliseconds.Count);
    }
}
