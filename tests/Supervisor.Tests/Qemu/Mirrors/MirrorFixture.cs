using System.Buffers.Binary;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;
using VmSupervisor.Linux;
using VmSupervisor.Qemu;
using VmSupervisor.Qemu.Backups;
using VmSupervisor.Qemu.CommandLine;
using VmSupervisor.Qemu.Monitor;
using VmSupervisor.Resources;
using VmSupervisor.Resources.Storage;
using VmSupervisor.Supervisor.Tests.Qemu.Qmp;

namespace VmSupervisor.Supervisor.Tests.Qemu.Mirrors;

/// <summary>Two nodes with images of their own: on one a guest, on the other a QEMU that waits for it.</summary>
internal sealed class MirrorFixture : IAsyncDisposable
{
    public static readonly ListenPlace Ports = new ListenPlace.Ports("127.0.0.1", 30000, 32000);

    private static readonly string[] Names = ["disk0", "disk1"];
    private readonly SessionImages images = new(TimeProvider.System, QemuFixture.Patience);

    public MirrorFixture(Func<HypervisorOptions, HypervisorOptions>? configure = null) =>
        (From, To) = (new(configure ?? QemuFixture.Patient), new(configure ?? QemuFixture.Patient));

    public QemuFixture From { get; }

    public QemuFixture To { get; }

    public IMirrors Outgoing => From.Hypervisor.Mirrors;

    public IMirrors Incoming => To.Hypervisor.Mirrors;

    public ProcessKey Source { get; private set; } = null!;

    public ProcessIdentity SourceProcess { get; private set; } = null!;

    public ProcessKey Target { get; private set; } = null!;

    public ProcessIdentity TargetProcess { get; private set; } = null!;

    public MigrationAddress Address { get; private set; } = null!;

    public DiskFormat FormatThere { get; init; } = DiskFormat.Raw;

    public ListenPlace Place { get; init; } = new ListenPlace.RunDirectory();

    /// <summary>Whether the guest writes (see <see cref="Backups.BackupFixture"/>) or does nothing, with small disks.</summary>
    public bool Writes { get; init; }

    public long Size => Writes ? Backups.BackupFixture.DiskSize : 1 << 20;

    public MirrorRequest Request(string session = "one") => new(session, [.. Names], Address) { ConnectsWithin = TimeSpan.FromSeconds(1) };

    public ExportRequest Exports(string session = "one") => new(session, [.. Names], Place);

    /// <summary>The guest runs, and the target exports its empty images.</summary>
    public async Task RunAsync()
    {
        for (var place = 0; place < 2; place++)
            Make(From.Files[$"disk{place}.img"], boots: place == 0 && Writes);
        (Source, SourceProcess) = await From.LaunchAsync(Guest(From, DiskFormat.Raw));
        Assert.IsType<MonitorResult.Done>(await From.Hypervisor.ContinueAsync(Source, default));
        await ExportAsync();
        if (Writes)
            await WritesOnAsync();
    }

    /// <summary>Another target, which exports.</summary>
    public async Task ExportAsync(string session = "one", long? size = null)
    {
        var sizes = Assert.IsType<DiskSizes.Known>(await Outgoing.SizesAsync(Source, default)).All;
        foreach (var name in Names)
        {
            var image = new NewImage(To.Files[$"{name}.img"], FormatThere, size ?? sizes[name]);
            File.Delete(image.Path);
            Assert.Equal(new FileResult.Done(), await images.CreateAsync(session, image, default));
        }

        (Target, TargetProcess) = await To.LaunchAsync(Guest(To, FormatThere), incoming: true);
        Address = Assert.IsType<ExportResult.Exported>(await Incoming.ExportAsync(Target, Exports(session), default)).At;
    }

    public async Task BeginAsync(MirrorRequest? request = null) =>
        Assert.Equal(new MonitorResult.Done(), await Outgoing.BeginAsync(Source, request ?? Request(), default));

    public Task<MirrorStage> FollowAsync(MirrorStage? known = null, Action<MirrorProgress>? progress = null) =>
        Outgoing.FollowAsync(Source, Request(), known, progress ?? (_ => { }), default).WaitAsync(QemuFixture.Patience);

    public async Task BeginToReadyAsync()
    {
        await BeginAsync();
        Assert.Equal(new MirrorStage.Ready(), await FollowAsync());
    }

    public async Task CancelAsync(string session = "one")
    {
        Assert.Equal(new MonitorResult.Done(), await Outgoing.CancelAsync(Source, Request(session), default).WaitAsync(QemuFixture.Patience));
        await AssertNothingLeftAsync();
    }

    /// <summary>The source's QEMU has no job and no connection.</summary>
    public async Task AssertNothingLeftAsync()
    {
        await using var monitor = new MonitorSession(new RunFiles(Source.RunDirectory).PeoplesMonitor, QemuFixture.Patience, new(), TimeProvider.System);
        var calls = new MonitorCalls(monitor, QemuFixture.Patience);
        Assert.Empty((await calls.AskAsync(BlockCommands.QueryJobs, default)).All);
        Assert.Equal(["disk0", "disk1"], (await calls.AskAsync(BlockCommands.QueryNodes, default)).All.Keys.Where(name => !name.StartsWith('#')).Order());
    }

    public async Task KillTargetAsync()
    {
        To.Signal(TargetProcess, Signal.Kill);
        await To.Hypervisor.WaitForExitAsync(Target, TargetProcess, default);
    }

    /// <summary>Returns when the source's guest has written some more.</summary>
    public Task WritesOnAsync() => WritesOnAsync(From, Source);

    public static async Task WritesOnAsync(QemuFixture host, ProcessKey key) => await host.SerialAsync(key, await host.SerialAsync(key, "") + "..");

    public async Task AssertSourceAsync(GuestState guest) =>
        Assert.Equal(new LookResult.Answers(guest), await From.Hypervisor.LookAsync(Source, SourceProcess, default));

    public byte[] Here(int place) => File.ReadAllBytes(From.Files[$"disk{place}.img"]);

    /// <summary>What the target has on its disks, once its QEMU has ended; another one reads it where it is qcow2.</summary>
    public async Task<byte[][]> ThereAsync()
    {
        string[] paths = [.. Names.Select(name => To.Files[$"{name}.img"])];
        if (FormatThere == DiskFormat.Qcow2)
        {
            var (key, _) = await To.LaunchAsync(Guest(To, FormatThere));
            string[] raw = [.. paths.Select(path => path + ".raw")];
            var request = new BackupRequest("read", [.. Names.Zip(raw, (name, path) => new BackupDisk(name, path, DiskFormat.Raw))], null, false);
            Assert.Equal(new BackupStart.Started(false), await To.Hypervisor.Backups.StartAsync(key, request, default));
            Assert.IsType<BackupEnd.Completed>(await To.Hypervisor.Backups.FollowAsync(key, request, _ => { }, default));
            Assert.Equal("", await File.ReadAllTextAsync(new RunFiles(key.RunDirectory).Log));
            paths = raw;
        }

        return [.. paths.Select(File.ReadAllBytes)];
    }

    /// <summary>The guest's four counters, in the order in which it writes them.</summary>
    public static uint[] Counters(byte[] first, byte[] second) => [Counter(first, 1), Counter(second, 1), Counter(first, 60000), Counter(second, 60000)];

    public async ValueTask DisposeAsync()
    {
        await From.DisposeAsync();
        await To.DisposeAsync();
    }

    private static uint Counter(byte[] content, int sector) => BinaryPrimitives.ReadUInt32LittleEndian(content.AsSpan(sector * 512));

    private VmDefinition Guest(QemuFixture host, DiskFormat format)
    {
        var guest = QemuFixture.Nano() with
        {
            Disks = [.. Names.Select(name => new DiskDefinition { Path = host.Files[$"{name}.img"], Format = format })],
        };
        return Writes ? guest with { Machine = "pc", Memory = 16 << 20, Bios = null, Kernel = null, Cmdline = null } : guest;
    }

    private void Make(string path, bool boots)
    {
        const int noiseAt = 256 << 10;
        var noise = new byte[Size / 8];
        new Seeded(5).Fill(noise);
        using var disk = File.Create(path);
        if (boots)
            disk.Write(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "guests", "counter.bin")));
        disk.Seek(noiseAt, SeekOrigin.Begin);
        disk.Write(noise);
        disk.SetLength(Size);
    }
}
