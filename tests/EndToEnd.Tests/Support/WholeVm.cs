using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.EndToEnd.Tests.Support;

/// <summary>A VM that needs one of everything that a start acquires.</summary>
internal sealed class WholeVm : IDisposable
{
    public const int Id = 42;

    /// <summary>The steps of its plan, in the order of acquisition.</summary>
    public static readonly string[] Steps = ["run-directory", "cgroup", "disk0", "disk1", "disk2", "net0"];

    private readonly Node node;

    public WholeVm(Node node)
    {
        this.node = node;
        Bridge = new(node);
        foreach (var image in new[] { LoopImage, FileImage, node.In("volume") })
        {
            using var file = File.Create(image);
            file.SetLength(1 << 20);
        }

        File.CreateSymbolicLink(node.In("script"), Binaries.VolumeScript);
    }

    public Bridge Bridge { get; }

    public string LoopImage => node.In("loop.raw");

    public string FileImage => node.In("file.raw");

    public string ActiveVolume => node.In("volume.active");

    public VmDefinition Definition => Definitions.Nano(Id).WithHook(node) with
    {
        MemoryLimit = 256 << 20,
        CpuLimit = 1.5m,
        Disks =
        [
            new() { Type = DiskType.Loop, Path = LoopImage, Format = DiskFormat.Raw },
            new() { Type = DiskType.Script, Path = "volume", Script = node.In("script"), Format = DiskFormat.Raw },
            new() { Path = FileImage, Format = DiskFormat.Raw },
        ],
        Nics = [new() { Type = NicType.Tap, Bridge = Bridge.Name }],
    };

    /// <summary>Which of its steps have left something on the host, as the host shows it.</summary>
    public IReadOnlyList<string> Held()
    {
        var held = new List<string>();
        if (node.World.RunDirectories().Any(d => Path.GetFileName(d) != "held"))
            held.Add("run-directory");
        if (node.Devices.Cgroups().Count > 0)
            held.Add("cgroup");
        if (node.Devices.Loops().Count > 0)
            held.Add("disk0");
        if (Path.Exists(ActiveVolume) || new FileInfo(ActiveVolume).LinkTarget is not null)
            held.Add("disk1");
        if (node.Devices.Taps().Count > 0 || Bridge.Ports().Count > 0)
            held.Add("net0");
        return held;
    }

    /// <summary>One life in which nothing goes wrong.</summary>
    public async Task LiveAsync(long incarnation)
    {
        await node.StartAsync(Id);
        await node.SerialOf(Id, incarnation).BeatsOnAsync(2);
        Assert.Equal(Steps.Where(s => s != "disk2"), Held());
        Assert.Empty((await node.ShowAsync(Id)).Problems);
        await node.DoAsync(Id, new VmCommand.Stop());
        AssertNothingIsLeft();
    }

    public void AssertNothingIsLeft()
    {
        Assert.Empty(node.World.Processes());
        Assert.Empty(Held());
        Assert.Empty(node.World.RunDirectories());
        node.World.AssertHooksBalance();
    }

    public void Dispose() => Bridge.Dispose();
}
