using System.Reflection;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.Chaos.Tests.Driving;

/// <summary>The VMs of a world and what they stand on: images, volumes' scripts, hooks, a bridge.</summary>
/// <param name="root">The world's directory.</param>
internal sealed class Park(string root)
{
    /// <summary>Numbers; what each has is in <see cref="Definition"/>.</summary>
    public static IReadOnlyList<int> Vms { get; } = [1, 2, 3, 4, 5];

    public static IReadOnlyList<string> ScriptVolumes { get; } = ["2a", "2b", "3a"];

    /// <summary>Files behind disks, in the world's directory.</summary>
    public static IReadOnlyList<string> Images { get; } = ["volumes/2a.img", "volumes/2b.img", "volumes/3a.img", "2.raw", "4.raw", "5.raw"];

    /// <summary>At most 15 bytes.</summary>
    public string Bridge { get; } = "ch" + Path.GetFileName(root)[^6..];

    /// <summary>Where an operation's backup goes; nobody else's does.</summary>
    public string BackupOf(string operation) => In($"backups/{operation}");

    private string Hook => Path.Combine(root, "hook");

    private string Volume => Path.Combine(root, "volume");

    public async Task MakeAsync()
    {
        Directory.CreateDirectory(Path.Combine(root, "volumes"));
        Directory.CreateDirectory(Path.Combine(root, "faults"));
        Directory.CreateDirectory(Path.Combine(root, "backups"));
        foreach (var image in Images)
        {
            await using var file = File.Create(Path.Combine(root, image));
            file.SetLength(1 << 20);
        }

        // Links, since an executable that this process has written may still be open in a child it is forking.
        File.CreateSymbolicLink(Hook, InRepository("tests/Chaos.Tests/stage/hook"));
        File.CreateSymbolicLink(Volume, InRepository("tests/Chaos.Tests/stage/volume"));
        await MakeBridgeAsync();
    }

    public async Task MakeBridgeAsync()
    {
        (await Programs.RunAsync("ip", "link", "add", Bridge, "type", "bridge")).Expect(0);
        (await Programs.RunAsync("ip", "link", "set", Bridge, "up")).Expect(0);
    }

    public Task RemoveBridgeAsync() => Programs.RunAsync("ip", "link", "del", Bridge);

    /// <summary>The VM with what never changes of it, and some things that a number decides.</summary>
    public VmDefinition Definition(int vm, int variant)
    {
        var restart = (variant % 3) switch { 0 => RestartPolicy.Never, 1 => RestartPolicy.OnCrash, _ => RestartPolicy.Always };
        var panic = (variant / 3 % 3) switch { 0 => PanicPolicy.Stop, 1 => PanicPolicy.Restart, _ => PanicPolicy.Preserve };
        var common = Definitions.Nano(vm, $"hb_ms=50 hz=100 hb_tag=v{variant % 100}") with
        {
            Hooks = [Hook],
            Restart = restart,
            OnPanic = panic,
            ShutdownTimeout = TimeSpan.FromSeconds(2),
        };
        return vm switch
        {
            1 => common,
            2 => common with { Disks = [Loop("2.raw"), Script("2a"), Script("2b")] },
            3 => common with { Disks = [Script("3a")], Nics = [new NicDefinition { Type = NicType.Tap, Bridge = Bridge }] },
            4 => common with { Cmdline = "hb_ms=50 hz=100 hb_nopwr=1", Disks = [new DiskDefinition { Path = In("4.raw"), Format = DiskFormat.Raw }] },
            _ => common with { Hooks = [], Cmdline = "hb_ms=500 idle=1", Disks = [Loop("5.raw")] },
        };
    }

    public static string InRepository(string path) => Path.GetFullPath(path, Metadata("RepositoryRoot"));

    public static string Metadata(string key) => typeof(Park).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(m => m.Key == key).Value!;

    private string In(string name) => Path.Combine(root, name);

    private DiskDefinition Loop(string image) => new() { Type = DiskType.Loop, Path = In(image), Format = DiskFormat.Raw };

    private DiskDefinition Script(string name) => new() { Type = DiskType.Script, Path = name, Script = Volume, Format = DiskFormat.Raw };
}
