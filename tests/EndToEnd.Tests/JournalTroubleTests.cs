using VmSupervisor.Client;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Views;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.EndToEnd.Tests;

/// <summary>
/// A disk that is full, fails or is kept by somebody else, under running guests: they go on, commands are refused with the
/// reason, nothing is done that is not journaled, and all is well again when the disk is.
/// </summary>
[Trait("Category", "Qemu")]
public sealed class JournalTroubleTests
{
    private static readonly string[] Impatient = ["vmsup.journal.commit-timeout=1s", "vmsup.journal.place-timeout=1s", "vmsup.journal.reserve=1 MiB", "vmsup.journal.checkpoint-pages=4"];

    [Fact(Timeout = Limits.Test)]
    public Task On_a_full_disk_starts_are_refused_and_stops_and_crashes_are_still_cleaned() => OnDiskAsync(
        node => SmallDisk.InMemoryAsync(node.State, "24m"),
        async (node, disk) =>
        {
            await node.DefineAsync(Definitions.Nano(9));
            disk.Fill();
            Assert.Contains("disk full", await UntilRefusedAsync(node, 9));
            await RefusedAsync(node, "define", node.Write("10.conf", "vm { id = 10, memory = 16 MiB }"));
            Assert.Equal("CleanedUp", (await node.ShowAsync(9)).State);
            Assert.Equal(2, node.World.Processes().Count);
            await BeatsOnAsync(node, 7);

            await node.StopAsync(7);
            Kernel.Signal(node.World.TheProcess(8).Pid, Kernel.Kill);
            await node.WaitAsync(8, "CleanedUp");
            Assert.Empty(node.World.Processes());
            (await node.HistoryAsync(7)).AssertCleanedOnce("api-stop");
            (await node.HistoryAsync(8)).AssertCleanedOnce("crash");
            Assert.Equal("failed", await DoctorAsync(node, "journal"));

            disk.Free();
            await Eventually.SeeAsync("a start succeeds again", () => TryStartAsync(node, 9));
            await Eventually.TrueAsync("the reserve is there again", () => File.Exists(Path.Combine(node.State, "journal.db.reserve")));
            Assert.Equal("ok", await DoctorAsync(node, "journal"));
        });

    [Fact(Timeout = Limits.Test)]
    public Task While_another_process_keeps_the_database_nothing_is_done_that_is_not_journaled() => OnDiskAsync(
        node => SmallDisk.InMemoryAsync(node.State, "48m"),
        async (node, _) =>
        {
            await node.DefineAsync(Definitions.Nano(9));
            using (var other = new ForeignDatabase(Path.Combine(node.State, "journal.db")))
            {
                other.Execute("BEGIN IMMEDIATE");
                Assert.Contains("locked", await RefusedAsync(node, "start", "9"));
                Assert.Equal(2, node.World.Processes().Count);
                Kernel.Signal(node.World.TheProcess(8).Pid, Kernel.Kill);
                await Eventually.TrueAsync("the crash cannot be journaled", () => node.Daemon.Log.Contains("vm 8 incarnation 1: the journal refused a write"));
                Assert.Contains(node.World.RunDirectories(), d => d.EndsWith("/8/1", StringComparison.Ordinal));
                await BeatsOnAsync(node, 7);
                other.Execute("ROLLBACK");
            }

            await node.WaitAsync(8, "CleanedUp");
            (await node.HistoryAsync(8)).AssertCleanedOnce("crash");
            await Eventually.SeeAsync("a start succeeds again", () => TryStartAsync(node, 9));
        });

    [Fact(Timeout = Limits.Test)]
    public Task On_a_disk_that_fails_nothing_is_done_and_all_is_well_again_when_it_works() => OnDiskAsync(
        node => SmallDisk.Ext4Async(node.State, node.In("disk.img")),
        async (node, _) =>
        {
            await node.DefineAsync(Definitions.Nano(9));
            var log = Path.Combine(node.State, "journal.db-wal");
            await SmallDisk.ForbidWritesAsync(log);
            try
            {
                await RefusedAsync(node, "start", "9");
                Assert.Equal(2, node.World.Processes().Count);
                Kernel.Signal(node.World.TheProcess(8).Pid, Kernel.Kill);
                await Eventually.TrueAsync("the crash cannot be journaled", () => node.Daemon.Log.Contains("disk I/O error"));
                await BeatsOnAsync(node, 7);
                Assert.Contains(node.World.RunDirectories(), d => d.EndsWith("/8/1", StringComparison.Ordinal));
            }
            finally
            {
                await SmallDisk.AllowWritesAsync(log);
            }

            await Eventually.SeeAsync("vm 8 is clean", async () =>
                (await node.Client.ListAsync()).FirstOrDefault(vm => vm.Id.Value == 8) is { State: "CleanedUp" } clean ? clean : null);
            (await node.HistoryAsync(8)).AssertCleanedOnce("crash");
            await Eventually.SeeAsync("a start succeeds again", () => TryStartAsync(node, 9));
            (await node.CliAsync("journal", "verify")).Expect(0);
        });

    [Fact(Timeout = Limits.Test)]
    public Task A_daemon_that_is_killed_on_a_full_disk_comes_back_and_adopts() => OnDiskAsync(
        node => SmallDisk.InMemoryAsync(node.State, "24m"),
        async (node, disk) =>
        {
            await node.DefineAsync(Definitions.Nano(9));
            disk.Fill();
            await UntilRefusedAsync(node, 9);
            var pid = node.World.TheProcess(7).Pid;
            await node.RestartDaemonAsync();
            Assert.Equal(pid, (await node.ShowAsync(7)).Pid);
            await node.StopAsync(8);
            await UntilRefusedAsync(node, 9);
            disk.Free();
            await Eventually.SeeAsync("a start succeeds again", () => TryStartAsync(node, 8));
        });

    /// <summary>
    /// Until a start is refused, and with which words: the journal has some room of its own left when the disk has none. What is
    /// large is refused before what is small, so definitions use it up quickly.
    /// </summary>
    private static async Task<string> UntilRefusedAsync(Node node, int vm)
    {
        var number = 0;
        await Eventually.SeeAsync("a definition is refused", () => RefusedAsync(
            () => node.DefineAsync(Definitions.Nano(11, $"{++number} {new string('x', 2000)}"))));
        return await Eventually.SeeAsync("a start is refused", () => RefusedAsync(async () =>
        {
            await node.StartAsync(vm);
            await node.StopAsync(vm);
        }));
    }

    private static async Task<string?> RefusedAsync(Func<Task> command)
    {
        try
        {
            await command();
            return null;
        }
        catch (VmsupException e) when (e.Kind == ProblemKind.Unavailable)
        {
            return e.Message;
        }
    }

    private static async Task<string> RefusedAsync(Node node, params string[] command)
    {
        var refused = await node.CliAsync(command);
        Assert.True(refused.Exit is 5, $"{string.Join(' ', command)}: exit code {refused.Exit}\n{refused.Output}{refused.Errors}");
        return refused.OneError;
    }

    private static async Task<OperationView?> TryStartAsync(Node node, int vm)
    {
        try
        {
            return await node.DoAsync(vm, new VmCommand.Start());
        }
        catch (VmsupException e) when (e.Kind == ProblemKind.Unavailable)
        {
            return null;
        }
    }

    private static async Task<string?> DoctorAsync(Node node, string check) =>
        (string?)(await node.CliAsync("doctor", "-o", "json")).Json.AsArray().Single(c => (string?)c!["check"] == check)!["status"];

    private static async Task BeatsOnAsync(Node node, int vm)
    {
        var serial = node.SerialOf(vm, 1);
        var before = serial.Beats().Count;
        await Eventually.TrueAsync($"vm {vm} beats on", () => serial.Beats().Count > before + 3);
        Assert.Equal(Enumerable.Range(1, serial.Beats().Count), serial.Beats());
    }

    /// <summary>A node with its state on a disk of its own and two running guests; afterwards the disk is gone.</summary>
    private static Task OnDiskAsync(Func<Node, Task<SmallDisk>> mount, Func<Node, SmallDisk, Task> test) => Node.OfItsOwnAsync(
        async node =>
        {
            await node.StopDaemonAsync();
            await using (var disk = await mount(node))
            {
                try
                {
                    await node.StartDaemonAsync();
                    foreach (var vm in new[] { 7, 8 })
                    {
                        await node.DefineAsync(Definitions.Nano(vm));
                        await node.StartAsync(vm);
                    }

                    await test(node, disk);
                    foreach (var vm in await node.Client.ListAsync())
                        await node.StopAsync(vm.Id.Value);
                }
                finally
                {
                    await node.KillDaemonAsync();
                }
            }

            await node.StartDaemonAsync();
        },
        Impatient);
}
