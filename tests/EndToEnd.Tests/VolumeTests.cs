using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Views;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.EndToEnd.Tests;

/// <summary>Volumes that are kept active stay so whoever ends the VM, until a stop without it or an undefine.</summary>
[Trait("Category", "Qemu")]
public sealed class VolumeTests
{
    private const int Vm = 5;

    [Fact(Timeout = Limits.Test)]
    public Task Kept_volumes_are_shown_taken_over_by_the_next_start_and_released_by_a_stop() => Node.OfItsOwnAsync(async node =>
    {
        await DefineAsync(node);
        await node.StartAsync(Vm);
        Assert.Equal((true, false), await VolumeAsync(node));

        (await node.CliAsync("stop", $"{Vm}", "--keep-active")).Expect(0);
        Assert.Equal((true, true), await VolumeAsync(node));
        Assert.Equal("disk0", (await node.HistoryAsync(Vm)).The("cleaned-up", 1).Data["kept"]);

        await node.RestartDaemonAsync();
        Assert.Equal((true, true), await VolumeAsync(node));
        await node.StartAsync(Vm);
        Assert.Equal((true, false), await VolumeAsync(node));

        (await node.CliAsync("shutdown", $"{Vm}", "--keep-active")).Expect(0);
        Assert.Equal((true, true), await VolumeAsync(node));
        (await node.CliAsync("stop", $"{Vm}")).Expect(0);
        Assert.Equal((false, false), await VolumeAsync(node));
        Assert.Empty(node.World.RunDirectories());
        (await node.CliAsync("undefine", $"{Vm}")).Expect(0);
        Assert.True(File.Exists(node.In("disk.raw")));
    });

    [Fact(Timeout = Limits.Test)]
    public Task Keep_active_holds_when_the_process_is_killed_under_the_stop() => Node.OfItsOwnAsync(async node =>
    {
        await DefineAsync(node, "hb_ms=50 hz=100 hb_nopwr=1");
        await node.StartAsync(Vm);
        var stop = await node.Client.SubmitAsync($"{Vm}", new VmCommand.Shutdown(KeepActive: true));

        Kernel.Signal(node.World.TheProcess(Vm).Pid, Kernel.Kill);

        Assert.Equal(OperationStatus.Succeeded, (await node.Client.OperationAsync(stop.Id, Limits.Step)).Status);
        Assert.Equal((true, true), await VolumeAsync(node));
        await node.StopAsync(Vm);
        Assert.Equal((false, false), await VolumeAsync(node));
    });

    private static async Task DefineAsync(Node node, string cmdline = "hb_ms=50 hz=100")
    {
        await using (var image = File.Create(node.In("disk.raw")))
            image.SetLength(1 << 20);
        var disk = new DiskDefinition { Path = node.In("disk.raw"), Format = DiskFormat.Raw };
        await node.DefineAsync(Definitions.Nano(Vm, cmdline).WithHook(node) with { Disks = [disk] });
    }

    private static async Task<(bool Active, bool Kept)> VolumeAsync(Node node)
    {
        var volume = Assert.Single((await node.ShowAsync(Vm)).Volumes);
        Assert.Equal("disk0", volume.Name);
        return (volume.Active, volume.Kept);
    }
}
