using VmSupervisor.Client;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Views;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.EndToEnd.Tests;

/// <summary>Copies of disks, in every mode, and whatever may come between.</summary>
[Trait("Category", "Qemu")]
public sealed class BackupTests
{
    private const int Vm = 6;
    private const int Size = 4 << 20;

    [Theory(Timeout = Limits.Test)]
    [InlineData("snapshot", 1)]
    [InlineData("suspend", 1)]
    [InlineData("stop", 2)]
    public Task A_running_vm_is_copied_and_runs_on(string mode, long incarnation) => Node.OfItsOwnAsync(async node =>
    {
        await DefineAsync(node);
        await node.StartAsync(Vm);
        await node.SerialOf(Vm, 1).BeatsOnAsync();

        var done = (await node.CliAsync("backup", $"{Vm}", node.In("to"), "--mode", mode, "--format", "raw")).Expect(0);

        Assert.Equal($"vm {Vm}: backed up to {node.In("to")}\n", done.Output);
        AssertCopied(node);
        await node.SerialOf(Vm, incarnation).BeatsOnAsync();
        var view = await node.ShowAsync(Vm);
        Assert.Equal(("Running", "running", incarnation, null), (view.State, view.Guest, view.Incarnation.Value, view.Activity));
    });

    [Fact(Timeout = Limits.Test)]
    public Task A_vm_that_was_down_is_down_again_and_its_guest_never_ran() => Node.OfItsOwnAsync(async node =>
    {
        await DefineAsync(node);

        (await node.CliAsync("backup", $"{Vm}", node.In("to"), "--format", "raw")).Expect(0);

        await node.WaitAsync(Vm, "CleanedUp");
        AssertCopied(node);
        (await node.HistoryAsync(Vm)).AssertCleanedOnce("backup");
        Assert.DoesNotContain(await node.HistoryAsync(Vm), e => e.Type == "guest-continued");
        Assert.Empty(node.World.Processes());
    });

    [Fact(Timeout = Limits.Test)]
    public Task A_daemon_that_is_killed_in_the_middle_is_followed_by_one_that_sees_it_to_its_end() => Node.OfItsOwnAsync(async node =>
    {
        var backup = await BeginSlowlyAsync(node);
        await node.RestartDaemonAsync();
        await node.CliAsync("list");
        Assert.Equal(OperationStatus.Succeeded, (await node.Client.OperationAsync(backup.Id, Limits.Step)).Status);
        AssertCopied(node);
        await node.SerialOf(Vm, 1).BeatsOnAsync();
        node.SerialOf(Vm, 1).AssertNoBeatIsMissing();
    });

    [Fact(Timeout = Limits.Test)]
    public Task A_qemu_that_is_killed_in_the_middle_fails_it_and_leaves_no_file() => Node.OfItsOwnAsync(async node =>
    {
        var backup = await BeginSlowlyAsync(node, seconds: 1000);
        Kernel.Signal(node.World.TheProcess(Vm).Pid, Kernel.Kill);
        var failed = await node.Client.OperationAsync(backup.Id, Limits.Step);
        Assert.Equal((OperationStatus.Failed, "vm 6: backup failed: the VM ended first: crash"), (failed.Status, failed.Problem!.Detail));
        await node.WaitAsync(Vm, "CleanedUp");
        Assert.Empty(Directory.GetFileSystemEntries(node.In("to")));
        (await node.HistoryAsync(Vm)).AssertCleanedOnce("crash");
    });

    [Fact(Timeout = Limits.Test)]
    public Task It_is_cancelled_and_leaves_no_file_and_the_guest_runs_on() => Node.OfItsOwnAsync(async node =>
    {
        var backup = await BeginSlowlyAsync(node, seconds: 1000);
        (await node.CliAsync("shutdown", $"{Vm}")).Expect(4);
        (await node.CliAsync("cancel", backup.Id.Value)).Expect(0);
        Assert.Equal(OperationStatus.Cancelled, (await node.Client.OperationAsync(backup.Id, Limits.Step)).Status);
        Assert.Empty(Directory.GetFileSystemEntries(node.In("to")));
        await node.SerialOf(Vm, 1).BeatsOnAsync();
    });

    [Fact(Timeout = Limits.Test)]
    public Task A_forced_stop_ends_it_at_once_and_leaves_no_file() => Node.OfItsOwnAsync(async node =>
    {
        var backup = await BeginSlowlyAsync(node, seconds: 1000);
        await node.StopAsync(Vm);
        Assert.Equal(OperationStatus.Superseded, (await node.Client.OperationAsync(backup.Id, Limits.Step)).Status);
        Assert.Empty(Directory.GetFileSystemEntries(node.In("to")));
        Assert.Equal("api-stop", (await node.ShowAsync(Vm)).Cause);
    });

    [Fact(Timeout = Limits.Test)]
    public Task A_guest_that_powers_off_in_the_middle_is_held_until_it_is_made_and_then_cleaned_once() => Node.OfItsOwnAsync(async node =>
    {
        var backup = await BeginSlowlyAsync(node);
        node.SerialOf(Vm, 1).Type("off");
        Assert.Equal(OperationStatus.Succeeded, (await node.Client.OperationAsync(backup.Id, Limits.Step)).Status);
        await node.WaitAsync(Vm, "CleanedUp");
        AssertCopied(node);
        (await node.HistoryAsync(Vm)).AssertCleanedOnce("guest-shutdown");
    });

    [Fact(Timeout = Limits.Test)]
    public Task A_copy_that_exists_is_not_touched_and_a_guest_that_does_not_go_down_runs_on() => Node.OfItsOwnAsync(async node =>
    {
        await DefineAsync(node, "hb_ms=50 hz=100 hb_nopwr=1", shutdownTimeout: TimeSpan.FromMilliseconds(300));
        await node.StartAsync(Vm);
        await File.WriteAllTextAsync(node.In("to/disk0.qcow2"), "mine");
        (await node.CliAsync("backup", $"{Vm}", node.In("to"))).Expect(1);
        Assert.Equal("mine", await File.ReadAllTextAsync(node.In("to/disk0.qcow2")));

        (await node.CliAsync("backup", $"{Vm}", node.In("to"), "--mode", "stop", "--format", "raw")).Expect(6);
        (await node.CliAsync("backup", $"{Vm}", node.In("nowhere"))).Expect(1);
        await node.SerialOf(Vm, 1).BeatsOnAsync();
        node.SerialOf(Vm, 1).AssertNoBeatIsMissing();
        Assert.Equal(["disk0.qcow2"], Directory.GetFileSystemEntries(node.In("to")).Select(Path.GetFileName));
    });

    /// <summary>So slow that something can come between: for two seconds, or for as long as any test may take.</summary>
    private static async Task<OperationView> BeginSlowlyAsync(Node node, int seconds = 2)
    {
        await DefineAsync(node);
        await node.StartAsync(Vm);
        await node.SerialOf(Vm, 1).BeatsOnAsync();
        var backup = await node.Client.SubmitAsync(
            $"{Vm}", new VmCommand.Backup(node.In("to"), Format: DiskFormat.Raw, BytesPerSecond: Size / seconds));
        await foreach (var happened in node.Client.EventsAsync(0))
        {
            if (happened.Entry.Type == "backup-began")
                break;
        }

        Assert.Equal("backup", (await node.ShowAsync(Vm)).Activity);
        return backup;
    }

    private static async Task DefineAsync(Node node, string cmdline = "hb_ms=50 hz=100", TimeSpan? shutdownTimeout = null)
    {
        var content = new byte[Size];
        new Random(1).NextBytes(content);
        await File.WriteAllBytesAsync(node.In("disk.raw"), content);
        Directory.CreateDirectory(node.In("to"));
        var definition = Definitions.Nano(Vm, cmdline).WithHook(node) with
        {
            Disks = [new DiskDefinition { Path = node.In("disk.raw"), Format = DiskFormat.Raw }],
        };
        await node.DefineAsync(shutdownTimeout is { } timeout ? definition with { ShutdownTimeout = timeout } : definition);
    }

    private static void AssertCopied(Node node)
    {
        Assert.Equal(["disk0.raw"], Directory.GetFileSystemEntries(node.In("to")).Select(Path.GetFileName));
        Assert.True(File.ReadAllBytes(node.In("to/disk0.raw")).AsSpan().SequenceEqual(File.ReadAllBytes(node.In("disk.raw"))));
    }
}
