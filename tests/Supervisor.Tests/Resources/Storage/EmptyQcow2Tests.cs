using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Qemu.Backups;
using VmSupervisor.Qemu.CommandLine;
using VmSupervisor.Qemu.Monitor;
using VmSupervisor.Resources;
using VmSupervisor.Resources.Storage;
using VmSupervisor.Supervisor.Tests.Qemu;

namespace VmSupervisor.Supervisor.Tests.Resources.Storage;

[Trait("needs", "qemu")]
public sealed class EmptyQcow2Tests
{
    private static readonly long[] Sizes = [512, 1 << 20, 512 << 20, (512 << 20) + 512, 5L << 40];

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task QEMU_opens_it_for_writing_and_finds_the_disk_of_the_size_that_was_wanted()
    {
        await using var host = new QemuFixture(QemuFixture.Patient);
        var images = new SessionImages(TimeProvider.System, QemuFixture.Patience);
        foreach (var size in Sizes)
            Assert.Equal(new FileResult.Done(), await images.CreateAsync("one", new(host.Files[$"{size}"], DiskFormat.Qcow2, size), default));
        var disks = Sizes.Select(size => new DiskDefinition { Path = host.Files[$"{size}"], Format = DiskFormat.Qcow2 });
        var (key, _) = await host.LaunchAsync(QemuFixture.Nano() with { Disks = [.. disks] });
        await using var monitor = new MonitorSession(new RunFiles(key.RunDirectory).PeoplesMonitor, QemuFixture.Patience, new(), TimeProvider.System);
        var nodes = (await new MonitorCalls(monitor, QemuFixture.Patience).AskAsync(BlockCommands.QueryNodes, default)).All;
        Assert.Equal(Sizes, Sizes.Select((_, place) => nodes[$"disk{place}"].Size));
        Assert.Equal("", await File.ReadAllTextAsync(new RunFiles(key.RunDirectory).Log));
    }
}
