using VmSupervisor.Contracts;
using VmSupervisor.Doctor.Leftovers;
using VmSupervisor.Linux;
using VmSupervisor.Resources;
using VmSupervisor.Resources.Volumes;
using VmSupervisor.Supervisor.Tests.Qemu;

namespace VmSupervisor.Supervisor.Tests.Doctor.Leftovers;

/// <summary>Loop devices that nobody wants any more, real ones.</summary>
[Trait("needs", "root")]
public sealed class StrayLoopsTests : IDisposable
{
    private readonly TempDirectory directory = new();
    private readonly string node;
    private readonly string image;
    private readonly string label;
    private readonly string device;
    private readonly string stranger;

    public StrayLoopsTests()
    {
        node = Path.GetFileName(directory.Path);
        image = directory["image"];
        File.WriteAllBytes(image, new byte[1 << 20]);
        label = LoopVolumes.LabelOf(new VolumeRequest(new(node, new VmId(7)), image, false, null));
        device = LoopDevice.Attach(image, readOnly: false, label);
        stranger = LoopDevice.Attach(image, readOnly: true, $"of-{node}");
    }

    public void Dispose()
    {
        // By their labels: a path may be another test's by now.
        foreach (var attached in LoopDevice.All().Where(one => one.Label == label || one.Label == $"of-{node}").ToArray())
            attached.Detach();
        directory.Dispose();
    }

    [Fact]
    public async Task What_a_vm_has_left_attached_is_found_and_detached_and_nobody_elses()
    {
        var found = Assert.Single(new StrayLoops(node, new DoctorBoard()).Find());
        Assert.Equal(("loop", new VmId(7), $"{device} has {image} behind it, for vm 7, which does not run", "detach it"), (found.View.Kind, found.View.Vm, found.View.Found, found.View.Action));

        Assert.Equal("it was detached", await found.RemoveAsync!(default));

        Assert.DoesNotContain(LoopDevice.All(), one => one.Label == label);
        Assert.Equal($"of-{node}", LoopDevice.Look(stranger)!.Label);
        Assert.Empty(new StrayLoops(node, new DoctorBoard()).Find());
    }

    [Fact]
    public async Task What_is_in_use_is_named_with_how_to_find_by_whom()
    {
        var found = Assert.Single(new StrayLoops(node, new DoctorBoard()).Find());
        using (FileDescriptor.Open(device, LibC.OpenReadOnly))
            Assert.Contains($"fuser {device}", (await Assert.ThrowsAsync<IOException>(() => found.RemoveAsync!(default))).Message);
    }

    [Fact]
    public void What_a_vm_lives_with_or_whose_vm_could_not_be_recovered_is_left_alone_and_another_nodes_too()
    {
        Assert.Empty(new StrayLoops(node, new DoctorBoard().With(DoctorBoard.Definition(7), life: 3)).Find());
        Assert.Empty(new StrayLoops(node, new DoctorBoard().Unrecovered(7, "damaged")).Find());
        Assert.Empty(new StrayLoops(node, new DoctorBoard().NotReady()).Find());
        Assert.Empty(new StrayLoops("another", new DoctorBoard()).Find());
        Assert.Single(new StrayLoops(node, new DoctorBoard().With(DoctorBoard.Definition(7))).Find());
    }
}
