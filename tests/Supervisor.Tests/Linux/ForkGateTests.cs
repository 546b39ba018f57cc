using VmSupervisor.Domain;
using VmSupervisor.Linux;

namespace VmSupervisor.Supervisor.Tests.Linux;

// Other tests begin processes by .NET's own means, which the gate does not know.
[Collection("descriptors")]
[Trait("needs", "root")]
public sealed class ForkGateTests
{
    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task A_tap_that_was_made_is_free_at_once_whatever_is_spawned_at_the_same_time()
    {
        using var linux = new LinuxFixture();
        using var enough = new CancellationTokenSource();
        var spawning = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => SpawnOnAsync(linux, enough.Token))));
        var name = $"tg{Environment.ProcessId}";
        try
        {
            // A second maker fails with EBUSY as long as anybody has the first one's descriptor.
            for (var again = 0; again < 300; again++)
            {
                TapDevice.Create(name, multiQueue: false);
                using (TapDevice.Open(name))
                    Assert.True(NetworkInterface.Delete(name));
            }
        }
        finally
        {
            NetworkInterface.Delete(name);
            await enough.CancelAsync();
            await spawning;
        }
    }

    private static async Task SpawnOnAsync(LinuxFixture linux, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            using var child = ((SpawnResult.Spawned)new Spawner().Spawn(linux.Request("/bin/true"))).Process;
            Assert.Equal(new ProcessExit(0, null), await linux.Exits.WaitAsync(child, CancellationToken.None));
        }
    }
}
