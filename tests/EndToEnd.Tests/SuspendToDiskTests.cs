using VmSupervisor.Contracts.Definitions;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.EndToEnd.Tests;

/// <summary>A guest whose memory waits in a file, and goes on from there once.</summary>
[Trait("Category", "Qemu")]
public sealed class SuspendToDiskTests
{
    private const int Vm = 7;

    [Fact(Timeout = Limits.Test)]
    public Task A_guest_goes_on_where_it_was_and_only_once() => Node.OfItsOwnAsync(async node =>
    {
        var counted = await SuspendAsync(node);
        Assert.Empty(node.World.Processes());
        Assert.Single(MemoryFiles(node));

        await node.StartAsync(Vm);
        await node.SerialOf(Vm, 2).BeatsOnAsync();
        AssertGoesOn(node.SerialOf(Vm, 2), counted);
        Assert.Empty(MemoryFiles(node));

        // Its memory is consumed: what comes after a crash is a boot.
        Kernel.Signal(node.World.TheProcess(Vm).Pid, Kernel.Kill);
        await node.WaitAsync(Vm, "CleanedUp");
        await node.StartAsync(Vm);
        await node.SerialOf(Vm, 3).BeatsOnAsync();
        Assert.Equal(1, node.SerialOf(Vm, 3).Beats()[0]);
    });

    [Fact(Timeout = Limits.Test)]
    public Task It_waits_through_a_boot_of_the_host_and_comes_back_with_it() => Node.OfItsOwnAsync(
        async node =>
        {
            var counted = await SuspendAsync(node, autostart: true);
            await node.KillDaemonAsync();
            await node.StartDaemonAsync("vmsup.boot-id=second");
            await node.WaitAsync(Vm, "Running");
            await node.SerialOf(Vm, 2).BeatsOnAsync();
            AssertGoesOn(node.SerialOf(Vm, 2), counted);
        },
        "vmsup.boot-id=first");

    [Fact(Timeout = Limits.Test)]
    public Task Memory_whose_disks_were_changed_is_refused_with_a_way_out() => Node.OfItsOwnAsync(async node =>
    {
        await SuspendAsync(node);
        await File.AppendAllTextAsync(node.In("disk.raw"), "changed");

        var refused = (await node.CliAsync("start", $"{Vm}")).Expect(1);
        Assert.Contains("disk.raw was changed at ", refused.OneError);
        Assert.Contains("'vmsup start --discard-saved' boots it without", refused.OneError);
        Assert.Single(MemoryFiles(node));

        (await node.CliAsync("start", $"{Vm}", "--discard-saved")).Expect(0);
        await node.SerialOf(Vm, 3).BeatsOnAsync();
        Assert.Equal(1, node.SerialOf(Vm, 3).Beats()[0]);
        Assert.Empty(MemoryFiles(node));
    });

    [Fact(Timeout = Limits.Test)]
    public Task Memory_that_is_damaged_is_refused_and_an_undefine_takes_it() => Node.OfItsOwnAsync(async node =>
    {
        await SuspendAsync(node);
        var file = Assert.Single(MemoryFiles(node));
        await using (var memory = File.OpenWrite(file))
            memory.SetLength(memory.Length / 2);

        (await node.CliAsync("start", $"{Vm}")).Expect(1);
        Assert.Equal("CleanedUp", (await node.ShowAsync(Vm)).State);
        Assert.Empty(node.World.Processes());
        (await node.CliAsync("undefine", $"{Vm}")).Expect(0);
        Assert.Empty(Directory.GetFileSystemEntries(Path.GetDirectoryName(file)!));
    });

    private static async Task<int> SuspendAsync(Node node, bool autostart = false)
    {
        await File.WriteAllBytesAsync(node.In("disk.raw"), new byte[1 << 20]);
        await node.DefineAsync(Definitions.Nano(Vm).WithHook(node) with
        {
            Autostart = autostart,
            Disks = [new DiskDefinition { Path = node.In("disk.raw"), Format = DiskFormat.Raw }],
        });
        await node.StartAsync(Vm);
        await node.SerialOf(Vm, 1).BeatsOnAsync();
        var counted = node.SerialOf(Vm, 1).Beats()[^1];
        var done = (await node.CliAsync("suspend-to-disk", $"{Vm}")).Expect(0);
        Assert.Equal($"vm {Vm}: suspended to disk\n", done.Output);
        Assert.Equal("hibernated", (await node.ShowAsync(Vm)).Cause);
        return counted;
    }

    private static void AssertGoesOn(Serial serial, int counted)
    {
        var beats = serial.Beats();
        Assert.True(beats[0] > counted, $"it had counted to {counted}, and goes on with {beats[0]}");
        Assert.Equal(Enumerable.Range(beats[0], beats.Count), beats);
    }

    private static IEnumerable<string> MemoryFiles(Node node) =>
        Directory.GetFiles(Path.Combine(node.State, "memory")).Where(f => !f.EndsWith(".images", StringComparison.Ordinal));
}
