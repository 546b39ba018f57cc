using System.Buffers.Binary;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;
using VmSupervisor.Qemu;
using VmSupervisor.Qemu.Backups;
using VmSupervisor.Qemu.CommandLine;
using VmSupervisor.Qemu.Monitor;
using VmSupervisor.Supervisor.Tests.Qemu.Qmp;

namespace VmSupervisor.Supervisor.Tests.Qemu.Backups;

/// <summary>
/// A guest that counts onto two disks in turn: at any moment its four counters differ by one at most, in their order. The
/// rest of the disks is noise and holes.
/// </summary>
internal sealed class BackupFixture : IAsyncDisposable
{
    public const long DiskSize = 32 << 20;
    private const int NoiseAt = 1 << 20, Noise = 4 << 20;

    public BackupFixture(Func<HypervisorOptions, HypervisorOptions>? configure = null)
    {
        Host = new(configure ?? QemuFixture.Patient);
        Directory.CreateDirectory(Host.Files["to"]);
        var noise = new byte[Noise];
        new Seeded(4).Fill(noise);
        foreach (var place in (int[])[0, 1])
        {
            using var disk = File.Create(Disk(place));
            if (place == 0)
                disk.Write(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "guests", "counter.bin")));
            disk.Seek(NoiseAt, SeekOrigin.Begin);
            disk.Write(noise);
            disk.SetLength(DiskSize);
        }
    }

    public QemuFixture Host { get; }

    public IBackupJobs Backups => Host.Hypervisor.Backups;

    public ProcessKey Key { get; private set; } = null!;

    public ProcessIdentity Identity { get; private set; } = null!;

    /// <summary>What lies where the backups go.</summary>
    public string[] Made => [.. Directory.GetFileSystemEntries(Host.Files["to"]).Select(p => Path.GetFileName(p)).Order()];

    public string Disk(int place) => Host.Files[$"disk{place}.raw"];

    public string Target(string name) => Path.Combine(Host.Files["to"], name);

    public BackupRequest Request(string id = "one", long? speed = null, bool freeze = false, DiskFormat second = DiskFormat.Raw) => new(
        id, [new("disk0", Target("a"), DiskFormat.Raw), new("disk1", Target("b"), second)], speed, freeze);

    /// <summary>The guest runs and has written; where a disk is read-only, not on it.</summary>
    public async Task RunAsync(bool isReadonly = false)
    {
        (Key, Identity) = await Host.LaunchAsync(QemuFixture.Nano() with
        {
            Machine = "pc",
            Memory = 16 << 20,
            Bios = null,
            Kernel = null,
            Cmdline = null,
            Disks = [new() { Path = Disk(0), Format = DiskFormat.Raw }, new() { Path = Disk(1), Format = DiskFormat.Raw, Readonly = isReadonly }],
        });
        Assert.IsType<MonitorResult.Done>(await Host.Hypervisor.ContinueAsync(Key, default));
        await Host.SerialAsync(Key, "READY\n");
        if (!isReadonly)
            await WritesOnAsync();
    }

    /// <summary>Returns when the guest has written some more.</summary>
    public async Task WritesOnAsync()
    {
        var text = await Host.SerialAsync(Key, "");
        await Host.SerialAsync(Key, text + "..");
    }

    public Task<BackupEnd> FollowAsync(BackupRequest request, Action<BackupProgress>? progress = null) =>
        Backups.FollowAsync(Key, request, progress ?? (_ => { }), default).WaitAsync(QemuFixture.Patience);

    /// <summary>Follows it to its end, which must be a good one; otherwise says what QEMU said.</summary>
    public async Task<BackupEnd.Completed> CompletesAsync(BackupRequest request, Action<BackupProgress>? progress = null)
    {
        var end = await FollowAsync(request, progress);
        return end as BackupEnd.Completed ?? throw new InvalidOperationException(
            $"{end}; QEMU's log: '{await File.ReadAllTextAsync(new RunFiles(Key.RunDirectory).Log)}'; {await Host.Hypervisor.ProbeAsync(Key, Identity, default)}");
    }

    public async Task AssertStartsAsync(BackupRequest request) => Assert.Equal(new BackupStart.Started(false), await Backups.StartAsync(Key, request, default));

    /// <summary>A qcow2 image as a raw file, read by another QEMU.</summary>
    public async Task<string> AsRawAsync(string image)
    {
        var (key, _) = await Host.LaunchAsync(QemuFixture.Nano() with { Disks = [new() { Path = image, Format = DiskFormat.Qcow2 }] });
        var request = new BackupRequest("read", [new("disk0", Host.Files["read.raw"], DiskFormat.Raw)], null, false);
        Assert.Equal(new BackupStart.Started(false), await Backups.StartAsync(key, request, default));
        Assert.Equal(new BackupEnd.Completed(DiskSize), await Backups.FollowAsync(key, request, _ => { }, default));
        return Host.Files["read.raw"];
    }

    /// <summary>The copies are of one moment, and everything else is what the disks have; returns the count.</summary>
    public uint AssertOfOneMoment(string first, string second)
    {
        var (a, b) = (File.ReadAllBytes(first), File.ReadAllBytes(second));
        uint[] counters = [Counter(a, 1), Counter(b, 1), Counter(a, 60000), Counter(b, 60000)];
        Assert.Equal(counters.OrderDescending(), counters);
        Assert.InRange(counters[0] - counters[3], 0u, 1u);
        foreach (var (copy, place) in new[] { (a, 0), (b, 1) })
        {
            var disk = File.ReadAllBytes(Disk(place));
            foreach (var sector in (int[])[1, 60000])
            {
                copy.AsSpan(sector * 512, 4).Clear();
                disk.AsSpan(sector * 512, 4).Clear();
            }

            // Also what the guest writes beside its counter.
            Assert.True(Elsewhere(copy).SequenceEqual(Elsewhere(disk)));
        }

        return counters[0];

        static ReadOnlySpan<byte> Elsewhere(byte[] content) => content.AsSpan(2 * 512, (60000 - 2) * 512);
    }

    /// <summary>Returns when all jobs have ended, asked over the monitor for people: nobody follows them.</summary>
    public async Task JobsConcludeAsync()
    {
        await using var monitor = new MonitorSession(new RunFiles(Key.RunDirectory).PeoplesMonitor, QemuFixture.Patience, new(), TimeProvider.System);
        var calls = new MonitorCalls(monitor, QemuFixture.Patience);
        while ((await calls.AskAsync(BlockCommands.QueryJobs, default)).All.Any(job => !job.IsConcluded))
            await WritesOnAsync();
    }

    /// <summary>Closes a node over the monitor for people, as nobody should.</summary>
    public async Task CloseAsync(string node)
    {
        await using var monitor = new MonitorSession(new RunFiles(Key.RunDirectory).PeoplesMonitor, QemuFixture.Patience, new(), TimeProvider.System);
        await new MonitorCalls(monitor, QemuFixture.Patience).AskAsync(BlockCommands.Close(node), default);
    }

    public uint CounterNow() => Counter(File.ReadAllBytes(Disk(0)), 1);

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    private static uint Counter(byte[] content, int sector) => BinaryPrimitives.ReadUInt32LittleEndian(content.AsSpan(sector * 512));
}
