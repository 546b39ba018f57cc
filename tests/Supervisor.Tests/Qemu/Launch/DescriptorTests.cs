using VmSupervisor.Supervisor.Tests.Qemu.Qmp;

namespace VmSupervisor.Supervisor.Tests.Qemu.Launch;

/// <summary>Counts this process's descriptors, so nothing else may run at the same time.</summary>
[CollectionDefinition("descriptors", DisableParallelization = true)]
public sealed class DescriptorCollection;

[Collection("descriptors")]
[Trait("needs", "qemu")]
public sealed class DescriptorTests
{
    [Fact(Timeout = QemuFixture.Limit)]
    public async Task Launches_given_up_at_any_moment_leave_no_descriptor_open_here()
    {
        await using var host = new QemuFixture();
        await GiveUpAsync(host, TimeSpan.FromMilliseconds(20));
        var before = host.Processes.ReadDescriptors(Environment.ProcessId).Count;
        var random = new Seeded(7);
        for (var i = 0; i < 15; i++)
            await GiveUpAsync(host, TimeSpan.FromMicroseconds(random.Below(100_000)));
        Assert.InRange(host.Processes.ReadDescriptors(Environment.ProcessId).Count, 0, before + 3);
    }

    private static async Task GiveUpAsync(QemuFixture host, TimeSpan after)
    {
        var key = host.NewKey();
        using var cancel = new CancellationTokenSource(after, TimeProvider.System);
        try
        {
            await host.Hypervisor.LaunchAsync(new(key, QemuFixture.Nano()), cancel.Token);
        }
        catch (OperationCanceledException)
        {
            // That is the point.
        }

        await host.Hypervisor.ExtinguishAsync(key, null, _ => { }, default);
    }
}
