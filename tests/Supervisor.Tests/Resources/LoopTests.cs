using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Linux;
using VmSupervisor.Resources;
using VmSupervisor.Resources.Volumes;
using VmSupervisor.Supervisor.Tests.Qemu;

namespace VmSupervisor.Supervisor.Tests.Resources;

/// <summary>Real QEMUs on real loop devices.</summary>
[Trait("needs", "qemu")]
[Trait("needs", "root")]
public sealed class LoopTests
{
    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_guest_gets_the_device_and_after_the_stop_there_is_none()
    {
        await using var node = await RealNode.StartAsync();
        var (first, second) = (Image(node, "first"), Image(node, "second"));
        var vm = await node.DefineAsync(d => d with { Disks = [Loop(first), Loop(second) with { Readonly = true, Bus = DiskBus.Scsi }] });
        for (var life = 1; life <= 2; life++)
        {
            await node.SucceedsAsync(vm, new VmCommand.Start());
            Assert.Contains($"\"driver\":\"host_device\",\"filename\":\"{Device(node, vm, first)}\"", node.CommandLine(vm));
            Assert.Contains($"\"filename\":\"{Device(node, vm, second, isReadonly: true)}\"", node.CommandLine(vm));
            await node.SucceedsAsync(vm, new VmCommand.Stop());
            AssertNothingLeft(node, vm);
        }
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task Without_its_file_a_start_fails_and_what_was_attached_before_is_given_back()
    {
        await using var node = await RealNode.StartAsync();
        var vm = await node.DefineAsync(d => d with { Disks = [Loop(Image(node, "first")), Loop("/no/such")] });
        Assert.Equal("vm 7: start failed: disk1: the image /no/such does not exist", await node.FailsAsync(vm, new VmCommand.Start()));
        AssertNothingLeft(node, vm);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_device_that_somebody_uses_holds_up_the_cleanup_is_named_and_goes_when_it_is_free()
    {
        await using var node = await RealNode.StartAsync();
        var image = Image(node, "first");
        var vm = await node.DefineAsync(d => d with { Disks = [Loop(image)] });
        await node.SucceedsAsync(vm, new VmCommand.Start());
        var device = Device(node, vm, image)!;
        using (FileDescriptor.Open(device, LibC.OpenReadOnly))
        {
            await node.SubmitAsync(vm, new VmCommand.Stop());
            var stuck = await node.UntilAsync(vm, view => view.Problems.Count > 0);
            Assert.Equal("Stopping", stuck.State);
            Assert.Contains($"{device} is still in use, and {image} is behind it", Assert.Single(stuck.Problems));
        }

        await node.UntilAsync(vm, view => view.State == "CleanedUp");
        AssertNothingLeft(node, vm);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task Kept_active_it_stays_attached_over_a_restart_and_the_next_start_takes_it_over()
    {
        await using var node = await RealNode.StartAsync();
        var image = Image(node, "first");
        var vm = await node.DefineAsync(d => d with { Disks = [Loop(image)] });
        await node.SucceedsAsync(vm, new VmCommand.Start());
        var device = Device(node, vm, image);
        await node.SucceedsAsync(vm, new VmCommand.Stop(KeepActive: true));
        Assert.True(Assert.Single(node.View(vm).Volumes).Kept);
        Assert.Equal(device, Device(node, vm, image));
        await node.RestartAsync();
        await node.SucceedsAsync(vm, new VmCommand.Start());
        Assert.Equal(device, Device(node, vm, image));
        Assert.Contains($"\"filename\":\"{device}\"", node.CommandLine(vm));

        // Somebody detaches what was kept: the start after that attaches it again.
        await node.SucceedsAsync(vm, new VmCommand.Stop(KeepActive: true));
        Assert.True(LoopDevice.Look(device!)!.Detach());
        await node.SucceedsAsync(vm, new VmCommand.Start());
        Assert.NotNull(Device(node, vm, image));
        await node.SucceedsAsync(vm, new VmCommand.Stop(KeepActive: true));
        await node.SucceedsAsync(vm, new VmCommand.Stop());
        AssertNothingLeft(node, vm);
    }

    [Fact]
    public async Task It_is_found_again_by_its_label_and_a_stranger_with_the_same_file_is_left_alone()
    {
        using var files = new TempDirectory();
        var image = files["image"];
        await File.WriteAllBytesAsync(image, new byte[1 << 20]);
        var strange = LoopDevice.Attach(image, readOnly: true, "stranger");
        try
        {
            var kind = new LoopVolumes();
            var request = new VolumeRequest(new(Path.GetFileName(files.Path), new VmId(7)), image, false, null);
            Assert.Null(await kind.LookAsync(request, default));
            var path = await kind.AcquireAsync(request, default);
            Assert.NotEqual(strange, path);
            Assert.Equal(path, await kind.AcquireAsync(request, default));
            Assert.Equal(path, await new LoopVolumes().LookAsync(request, default));
            await kind.ReleaseAsync(request, default);
            await kind.ReleaseAsync(request, default);
            Assert.Null(await kind.LookAsync(request, default));
            Assert.NotNull(LoopDevice.Look(strange));
        }
        finally
        {
            Assert.True(LoopDevice.Look(strange)!.Detach());
        }
    }

    private static DiskDefinition Loop(string path) => new() { Type = DiskType.Loop, Path = path, Format = DiskFormat.Raw };

    private static string Image(RealNode node, string name)
    {
        File.WriteAllBytes(node.Files[name], new byte[1 << 20]);
        return node.Files[name];
    }

    private static string? Device(RealNode node, VmId vm, string image, bool isReadonly = false)
    {
        var label = LoopVolumes.LabelOf(new(new(node.Name, vm), image, isReadonly, null));
        return LoopDevice.All().SingleOrDefault(d => d.Label == label)?.Path;
    }

    private static void AssertNothingLeft(RealNode node, VmId vm)
    {
        Assert.Equal("CleanedUp", node.View(vm).State);
        foreach (var image in new[] { "first", "second" })
        {
            Assert.Null(Device(node, vm, node.Files[image]));
            Assert.Null(Device(node, vm, node.Files[image], isReadonly: true));
        }

        Assert.DoesNotContain(node.RunFilesLeft(), File.Exists);
    }
}
