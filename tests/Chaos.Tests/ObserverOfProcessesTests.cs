using System.Diagnostics;
using VmSupervisor.Chaos.Observer;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.Chaos.Tests;

/// <summary>What the observer finds in /proc and in files, with processes that call themselves QEMU.</summary>
public sealed class ObserverOfProcessesTests : IDisposable
{
    private readonly Place place;
    private readonly Violations violations = new(TextWriter.Null);
    private readonly List<Process> started = [];

    public ObserverOfProcessesTests()
    {
        var root = Directory.CreateTempSubdirectory("observed-").FullName;
        place = new Place(root, Path.GetFileName(root));
    }

    [Fact(Timeout = Limits.Test)]
    public async Task A_process_with_its_directory_is_well_and_listed()
    {
        var pid = await LiveAsync(vm: 3, life: 2);
        var watch = new Watch(place, violations);

        watch.Look();

        Assert.Empty(violations.Told);
        using var list = new StringWriter();
        watch.List(list);
        Assert.Equal(["qemu 3 2 " + pid, "directory 3 2"], list.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Two_processes_of_a_vm_are_found()
    {
        await LiveAsync(vm: 1, life: 1);
        await LiveAsync(vm: 1, life: 2);
        new Watch(place, violations).Look();
        Assert.Contains("vm 1 has 2 QEMUs", Assert.Single(violations.Told));
    }

    [Fact(Timeout = Limits.Test)]
    public async Task The_observer_looks_without_being_asked()
    {
        await LiveAsync(vm: 1, life: 1);
        await LiveAsync(vm: 1, life: 2);
        var program = Driving.Park.InRepository(Path.Combine("tests/Chaos.Observer", Driving.Park.Metadata("BinaryDirectory"), "Chaos.Observer"));
        using var observer = Process.Start(Programs.Prepare(program, [place.Root, place.Node]))!;
        try
        {
            using var limit = new CancellationTokenSource(Limits.Step);
            Assert.StartsWith("violation vm 1 has 2 QEMUs", await observer.StandardOutput.ReadLineAsync(limit.Token));
        }
        finally
        {
            observer.Kill();
            await observer.WaitForExitAsync();
        }
    }

    [Fact(Timeout = Limits.Test)]
    public async Task A_second_process_of_a_life_is_found()
    {
        var watch = new Watch(place, violations);
        await LiveAsync(vm: 1, life: 1);
        watch.Look();
        started[0].Kill();
        await started[0].WaitForExitAsync();
        await LiveAsync(vm: 1, life: 1);
        watch.Look();
        Assert.Contains("is the second process of its life", Assert.Single(violations.Told));
    }

    [Fact(Timeout = Limits.Test)]
    public async Task What_is_gone_under_a_living_process_is_found()
    {
        await LiveAsync(vm: 1, life: 1, "-netdev tap,ifname=nosuchtap0", "file=/dev/loop9999");
        new Watch(place, violations).Look();
        Assert.Contains("lives without nosuchtap0, loop9999", Assert.Single(violations.Told));
        Directory.Delete(Path.Combine(place.RunDirectories, "1"), recursive: true);
        new Watch(place, violations).Look();
        Assert.Contains(violations.Told, told => told.Contains("lives without its run directory"));
    }

    [Fact(Timeout = Limits.Test)]
    public async Task A_process_that_outlives_its_post_stop_or_its_volume_is_found()
    {
        await LiveAsync(vm: 1, life: 1, $"file={place.Volumes}/1a.img");
        var now = File.ReadAllText("/proc/uptime").Split(' ')[0].Split('.')[0];
        File.WriteAllText(place.Witness, $"""
            1.0 hook 1 1 pre-start begin 999999 0 0 -
            2.0 hook 1 1 post-stop begin 999999 0 0 -
            {now}.99 volume 1 1a deactivate begin 999999 0

            """.Replace("\n\n", "\n"));
        new Watch(place, violations).Look();
        Assert.Contains(violations.Told, told => told.Contains("lived when post-stop of the life 1 had begun"));
        Assert.Contains(violations.Told, told => told.Contains("lived when 1a had been given back"));
    }

    [Theory]
    [InlineData("READY n up=0\nHB 1 0.0\nHB 2 0.1\nHB 1READY n up=0\nHB 1 0.0\nHB 2", null)]
    [InlineData("HB 17 0.0\nHB 18 0.1\n", null)]
    [InlineData("READY n up=0\nHB 1 0.0\nHB 3 0.1\n", "heartbeat 3 came after 1")]
    [InlineData("READY n up=0\nHB 1 0.0\nHB 1 0.1\n", "heartbeat 1 came after 1")]
    [InlineData("READY n up=0\nHB 2 0.0\n", "heartbeat 2 came after 0")]
    public void A_heartbeat_that_is_lost_or_repeated_is_found(string serial, string? complaint)
    {
        var life = Directory.CreateDirectory(Path.Combine(place.RunDirectories, "1", "1")).FullName;
        File.WriteAllText(Path.Combine(life, "serial.log"), serial);
        new Watch(place, violations).Look();
        if (complaint is null)
            Assert.Empty(violations.Told);
        else
            Assert.Contains(complaint, Assert.Single(violations.Told));
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Whatever_is_left_is_found()
    {
        await LiveAsync(vm: 1, life: 1);
        Directory.CreateDirectory(place.Volumes);
        File.WriteAllText(Path.Combine(place.Volumes, "1a.active"), "");
        Directory.CreateDirectory(place.SavedMemory);
        File.WriteAllText(Path.Combine(place.SavedMemory, "1-1"), "");

        new Watch(place, violations).End(TextWriter.Null);

        Assert.Equal(4, violations.Count);
        Assert.All(["process", "active volume 1a", "run directory of vm 1 life 1", "saved memory"],
            what => Assert.Contains(violations.Told, told => told.StartsWith($"left at the end: {what}", StringComparison.Ordinal)));
    }

    public void Dispose()
    {
        foreach (var process in started)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        Directory.Delete(place.Root, recursive: true);
    }

    private async Task<int> LiveAsync(int vm, long life, params string[] arguments)
    {
        var directory = Directory.CreateDirectory(Path.Combine(place.RunDirectories, $"{vm}", $"{life}")).FullName;

        // Whose name is QEMU's once it has said something.
        var process = Process.Start(Programs.Prepare("bash",
            ["-c", "exec -a qemu perl -e '$| = 1; print \"here\\n\"; sleep 1000' \"$@\"", "bash", $"{directory}/qmp.sock", .. arguments]))!;
        started.Add(process);
        Assert.Equal("here", await process.StandardOutput.ReadLineAsync());
        return process.Id;
    }
}
