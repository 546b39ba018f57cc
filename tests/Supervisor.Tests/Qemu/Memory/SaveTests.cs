using System.Globalization;
using System.Text.RegularExpressions;
using VmSupervisor.Domain;
using VmSupervisor.Linux;
using VmSupervisor.Qemu;
using VmSupervisor.Qemu.CommandLine;
using VmSupervisor.Supervisor.Tests.Qemu.Qmp;

namespace VmSupervisor.Supervisor.Tests.Qemu.Memory;

[Collection("jobs of QEMU")]
[Trait("needs", "qemu")]
public sealed partial class SaveTests
{
    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_guest_goes_on_where_it_was_without_gap_or_repeat()
    {
        await using var host = new QemuFixture(QemuFixture.Patient);
        var (key, identity) = await RunningAsync(host);
        var seen = new List<SaveProgress>();
        var saved = Assert.IsType<SaveResult.Saved>(await host.Hypervisor.Memory.SaveAsync(key, host.Files["saved"], seen.Add, default));
        Assert.Equal(new FileInfo(host.Files["saved"]).Length, saved.Bytes);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(host.Files["saved"]));
        Assert.False(File.Exists(host.Files["saved.partial"]));
        Assert.True(seen.Count > 0 && seen[^1].Done > 0 && seen[^1].Remaining == 0);
        Assert.Equal(new LookResult.Answers(GuestState.Paused), await host.Hypervisor.LookAsync(key, identity, default));
        await host.Hypervisor.QuitAsync(key, default);
        await host.Hypervisor.WaitForExitAsync(key, identity, default);
        var before = await host.SerialAsync(key, "");

        var (next, resumed) = await host.LaunchAsync(Guest, host.Files["saved"]);
        Assert.Equal(new LookResult.Answers(GuestState.Paused), await host.Hypervisor.LookAsync(next, resumed, default));
        Assert.Equal("", await host.SerialAsync(next, ""));
        Assert.DoesNotContain(host.Files["saved"], host.Processes.ReadDescriptors(resumed.Pid).Values);
        Assert.IsType<MonitorResult.Done>(await host.Hypervisor.ContinueAsync(next, default));
        var last = Beats(before)[^1];
        AssertContiguous(before + await host.SerialAsync(next, $"HB {last + 5} "));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_guest_that_is_continued_after_a_save_goes_on_and_can_be_saved_again()
    {
        await using var host = new QemuFixture(QemuFixture.Patient);
        var (key, _) = await RunningAsync(host);
        Assert.IsType<SaveResult.Saved>(await SaveAsync(host.Hypervisor, host, key));
        for (var i = 0; i < 2; i++)
        {
            Assert.IsType<MonitorResult.Done>(await host.Hypervisor.ContinueAsync(key, default));
            var last = Beats(await host.SerialAsync(key, ""))[^1];
            AssertContiguous(await host.SerialAsync(key, $"HB {last + 2} "));

            // The one that is there is of a guest that has run since.
            Assert.IsType<SaveResult.Saved>(await SaveAsync(host.Hypervisor, host, key));
        }

        var text = await host.SerialAsync(key, "");
        await host.Hypervisor.ExtinguishAsync(key, null, _ => { }, default);
        var (next, _) = await host.LaunchAsync(Guest, host.Files["saved"]);
        await host.Hypervisor.ContinueAsync(next, default);
        AssertContiguous(text + await host.SerialAsync(next, $"HB {Beats(text)[^1] + 3} "));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_new_supervisor_finds_a_save_that_was_complete()
    {
        await using var host = new QemuFixture(QemuFixture.Patient);
        var (key, _) = await RunningAsync(host);
        var saved = await SaveAsync(host.Hypervisor, host, key);
        await host.Hypervisor.DisposeAsync();
        var next = host.NewSupervisor();
        Assert.Equal(saved, await SaveAsync(next, host, key));

        // It was killed between QEMU's end and the file's name.
        File.Move(host.Files["saved"], host.Files["saved.partial"]);
        Assert.IsType<SaveResult.Saved>(await SaveAsync(next, host, key));
        await next.ExtinguishAsync(key, null, _ => { }, default);
        await host.LaunchAsync(Guest, host.Files["saved"]);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_save_that_is_given_up_at_any_moment_leaves_no_file_and_a_guest_that_can_go_on()
    {
        await using var host = new QemuFixture(QemuFixture.Patient);
        var (key, identity) = await RunningAsync(host);
        var random = new Seeded(5);
        for (var i = 0; i < 15; i++)
        {
            using var cancel = new CancellationTokenSource(TimeSpan.FromMicroseconds(random.Below(25_000)), TimeProvider.System);
            try
            {
                await host.Hypervisor.Memory.SaveAsync(key, host.Files["saved"], _ => { }, cancel.Token);
                File.Delete(host.Files["saved"]);
            }
            catch (OperationCanceledException)
            {
                Assert.False(File.Exists(host.Files["saved"]));
            }

            Assert.False(File.Exists(host.Files["saved.partial"]));
            Assert.DoesNotContain(host.Processes.ReadDescriptors(identity.Pid).Values, path => path.StartsWith(host.Files["saved"] + ".", StringComparison.Ordinal));
            Assert.IsType<MonitorResult.Done>(await host.Hypervisor.ContinueAsync(key, default));
            var last = Beats(await host.SerialAsync(key, ""))[^1];
            AssertContiguous(await host.SerialAsync(key, $"HB {last + 2} "));
        }
    }

    [Fact(Timeout = QemuFixture.Limit)]
    [Trait("needs", "root")]
    public async Task A_full_disk_is_named_leaves_no_file_and_the_guest_can_go_on()
    {
        await using var host = new QemuFixture(QemuFixture.Patient);
        using var small = new SmallDisk(host.Files["small"], "64k");
        var (key, _) = await RunningAsync(host);
        var path = Path.Combine(host.Files["small"], "state");
        Assert.Equal(
            new SaveResult.Failed($"QEMU could not write the guest's state to {path}.partial: the disk is full", false),
            await host.Hypervisor.Memory.SaveAsync(key, path, _ => { }, default));
        Assert.Empty(Directory.GetFiles(host.Files["small"]));

        // Once it has failed QEMU wants the guest to run before it tries again.
        Assert.Contains("resume it first", Assert.IsType<SaveResult.Failed>(await SaveAsync(host.Hypervisor, host, key)).Reason);
        await host.Hypervisor.ContinueAsync(key, default);
        var last = Beats(await host.SerialAsync(key, ""))[^1];
        AssertContiguous(await host.SerialAsync(key, $"HB {last + 2} "));
        Assert.IsType<SaveResult.Saved>(await SaveAsync(host.Hypervisor, host, key));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_save_that_is_discarded_leaves_no_file_and_a_guest_that_can_go_on()
    {
        await using var host = new QemuFixture(QemuFixture.Patient);
        var (key, _) = await RunningAsync(host);
        Assert.IsType<MonitorResult.Done>(await host.Hypervisor.Memory.DiscardAsync(key, host.Files["saved"], default));
        Assert.IsType<SaveResult.Saved>(await SaveAsync(host.Hypervisor, host, key));
        await File.WriteAllTextAsync(host.Files["saved.partial"], "of an attempt before");
        Assert.IsType<MonitorResult.Done>(await host.Hypervisor.Memory.DiscardAsync(key, host.Files["saved"], default));
        Assert.False(File.Exists(host.Files["saved"]) || File.Exists(host.Files["saved.partial"]));
        Assert.IsType<MonitorResult.Done>(await host.Hypervisor.ContinueAsync(key, default));
        var last = Beats(await host.SerialAsync(key, ""))[^1];
        AssertContiguous(await host.SerialAsync(key, $"HB {last + 2} "));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_save_that_came_not_even_to_its_directory_is_discarded()
    {
        await using var host = new QemuFixture(QemuFixture.Patient);
        var (key, _) = await RunningAsync(host);
        Assert.IsType<MonitorResult.Done>(await host.Hypervisor.Memory.DiscardAsync(key, host.Files["no-such-directory/saved"], default));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task What_cannot_be_written_or_reached_fails()
    {
        await using var host = new QemuFixture(o => o with { CommandDeadline = TimeSpan.FromMilliseconds(300) });
        var (key, identity) = await RunningAsync(host);
        var failed = Assert.IsType<SaveResult.Failed>(await host.Hypervisor.Memory.SaveAsync(key, "/no/such/state", _ => { }, default));
        Assert.False(failed.Unreachable);
        host.Signal(identity, Signal.Stop);
        Assert.Equal(new SaveResult.Failed("the monitor did not answer within 0.3 s", true), await SaveAsync(host.Hypervisor, host, key));
        host.Signal(identity, Signal.Kill);
        await host.Hypervisor.WaitForExitAsync(key, identity, default);
        Assert.True(Assert.IsType<SaveResult.Failed>(await SaveAsync(host.Hypervisor, host, key)).Unreachable);
        Assert.False(File.Exists(host.Files["saved.partial"]));
    }

    internal static Contracts.Definitions.VmDefinition Guest { get; } = QemuFixture.Nano("hb_ms=50 hz=100");

    internal static async Task<(ProcessKey Key, ProcessIdentity Identity)> RunningAsync(QemuFixture host)
    {
        var launched = await host.LaunchAsync(Guest);
        Assert.IsType<MonitorResult.Done>(await host.Hypervisor.ContinueAsync(launched.Key, default));
        await host.SerialAsync(launched.Key, "HB 5 ");
        return launched;
    }

    internal static Task<SaveResult> SaveAsync(Hypervisor hypervisor, QemuFixture host, ProcessKey key) =>
        hypervisor.Memory.SaveAsync(key, host.Files["saved"], _ => { }, default);

    internal static int[] Beats(string text) => [.. HeartBeat().Matches(text).Select(m => int.Parse(m.Groups[1].ValueSpan, CultureInfo.InvariantCulture))];

    internal static void AssertContiguous(string text)
    {
        var beats = Beats(text);
        Assert.Equal(Enumerable.Range(1, beats.Length), beats);
    }

    [GeneratedRegex(@"^HB (\d+) ", RegexOptions.Multiline)]
    private static partial Regex HeartBeat();
}
