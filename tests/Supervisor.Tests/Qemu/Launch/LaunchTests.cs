using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;
using VmSupervisor.Linux;
using VmSupervisor.Qemu;
using VmSupervisor.Qemu.CommandLine;

namespace VmSupervisor.Supervisor.Tests.Qemu.Launch;

[Trait("needs", "qemu")]
public sealed class LaunchTests
{
    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_launched_guest_stands_still_until_it_is_continued()
    {
        await using var host = new QemuFixture();
        var key = host.NewKey();
        var launched = Assert.IsType<LaunchResult.Launched>(await host.Hypervisor.LaunchAsync(new(key, QemuFixture.Nano()), default));
        Assert.Matches(@"^QEMU \d+\.\d+\.\d+, tcg$", launched.Summary);
        Assert.Equal(new LookResult.Answers(GuestState.Prelaunch), await host.Hypervisor.LookAsync(key, launched.Identity, default));
        Assert.Equal("", await File.ReadAllTextAsync(new RunFiles(key.RunDirectory).SerialLog));

        Assert.IsType<MonitorResult.Done>(await host.Hypervisor.ContinueAsync(key, default));
        await host.SerialAsync(key, "READY n");
        Assert.Equal(new LookResult.Answers(GuestState.Running), await host.Hypervisor.LookAsync(key, launched.Identity, default));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task QEMU_inherits_the_lock_and_its_own_streams_and_nothing_else_of_ours()
    {
        await using var host = new QemuFixture();
        var (key, identity) = await host.LaunchAsync();
        var files = new RunFiles(key.RunDirectory);
        var descriptors = host.Processes.ReadDescriptors(identity.Pid);
        Assert.Equal("/dev/null", descriptors[0]);
        Assert.Equal(files.Log, descriptors[1]);
        Assert.Equal(files.Log, descriptors[2]);
        Assert.Equal(files.Lock, descriptors[3]);
        Assert.Null(FileLock.TryAcquire(files.Lock));
        Assert.Equal(identity.Pid, host.Processes.ReadStat(identity.Pid)!.Session);

        // Whatever else it has open it opened itself: nothing of this test's process by inode or path.
        var ours = host.Processes.ReadDescriptors(Environment.ProcessId).Values.Where(v => v.StartsWith("socket:") || v.StartsWith("pipe:")).ToHashSet();
        Assert.DoesNotContain(descriptors.Values, ours.Contains);
        var arguments = host.Processes.ReadCommandLine(identity.Pid)!;
        Assert.Contains("guest=vm-7,debug-threads=on", arguments);
        Assert.True(RunDirectoryArgument.IsNamedIn(arguments, key.RunDirectory));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_bad_argument_fails_with_QEMUs_own_words()
    {
        await using var host = new QemuFixture();
        var reason = await host.LaunchFailsAsync(QemuFixture.Nano() with { QemuArgs = ["-device", "no-such-device"] });
        Assert.Equal("QEMU ended: -device no-such-device: 'no-such-device' is not a valid device model name (exit code 1)", reason);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_missing_image_is_named()
    {
        await using var host = new QemuFixture();
        var reason = await host.LaunchFailsAsync(QemuFixture.Nano() with { Disks = [new() { Path = host.Files["none.qcow2"] }] });
        Assert.Equal($"QEMU ended: Could not open '{host.Files["none.qcow2"]}': No such file or directory (exit code 1)", reason);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_missing_QEMU_says_how_to_get_one()
    {
        await using var host = new QemuFixture(o => o with { Executable = "qemu-system-none" });
        Assert.Equal("there is no QEMU at 'qemu-system-none' (apt-get install qemu-system-x86)", await host.LaunchFailsAsync(QemuFixture.Nano()));
    }

    [Theory(Timeout = QemuFixture.Limit)]
    [InlineData("broken", "QEMU ended: it is broken (exit code 3)")]
    [InlineData("killed", "QEMU ended: it said nothing (signal 9)")]
    public async Task A_QEMU_that_ends_at_once_says_how(string fake, string expected)
    {
        await using var host = new QemuFixture(o => o with { Executable = Fake(fake) });
        Assert.Equal(expected, await host.LaunchFailsAsync(QemuFixture.Nano()));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_monitor_that_never_appears_fails_at_the_deadline_and_what_was_spawned_is_found()
    {
        await using var host = new QemuFixture(o => o with { Executable = Fake("no-monitor"), LaunchDeadline = TimeSpan.FromMilliseconds(300) });
        var key = host.NewKey();
        var failed = Assert.IsType<LaunchResult.Failed>(await host.Hypervisor.LaunchAsync(new(key, QemuFixture.Nano()), default));
        Assert.Equal("QEMU's monitor did not answer within 0.3 s", failed.Reason);
        Assert.Null(FileLock.TryAcquire(new RunFiles(key.RunDirectory).Lock));
        Assert.Equal(new ProcessExit(null, 9), await host.Hypervisor.ExtinguishAsync(key, null, _ => { }, default));
        host.AssertNothingLeft(key);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_monitor_that_appears_and_never_answers_fails_at_the_deadline()
    {
        // A socket that is listened at and never served, as a QEMU has that hangs while it opens its disks.
        await using var host = new QemuFixture(o => o with
        {
            Executable = Fake("silent-monitor"),
            LaunchDeadline = TimeSpan.FromSeconds(2),
        });
        var key = host.NewKey();
        var failed = Assert.IsType<LaunchResult.Failed>(await host.Hypervisor.LaunchAsync(new(key, QemuFixture.Nano()), default));
        Assert.Contains("within 2 s", failed.Reason);
        await host.Hypervisor.ExtinguishAsync(key, null, _ => { }, default);
        host.AssertNothingLeft(key);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_second_launch_of_the_same_incarnation_is_refused()
    {
        await using var host = new QemuFixture();
        var (key, identity) = await host.LaunchAsync();
        var failed = Assert.IsType<LaunchResult.Failed>(await host.NewSupervisor().LaunchAsync(new(key, QemuFixture.Nano()), default));
        Assert.Equal($"something of this incarnation lives already: {key.RunDirectory}/lock is held", failed.Reason);
        Assert.IsType<LookResult.Answers>(await host.Hypervisor.LookAsync(key, identity, default));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_run_directory_that_is_too_deep_for_sockets_is_refused_before_the_spawn()
    {
        await using var host = new QemuFixture();
        var key = host.NewKey() with { RunDirectory = "/" + new string('x', 120) };
        var failed = Assert.IsType<LaunchResult.Failed>(await host.Hypervisor.LaunchAsync(new(key, QemuFixture.Nano()), default));
        Assert.Contains("allowed are 107 (--run-dir)", failed.Reason);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task The_serial_port_takes_lines_and_never_blocks_the_guest()
    {
        await using var host = new QemuFixture();
        var (key, _) = await host.LaunchAsync(QemuFixture.Nano("hb_ms=1 hz=1000"));
        await host.Hypervisor.ContinueAsync(key, default);

        // Nobody reads; 2000 heartbeats are some 28 KiB, a hundred times what blocks a guest on a socket.
        await host.SerialAsync(key, "HB 2000 ");
        await host.TypeAsync(key, "ping one");
        await host.SerialAsync(key, "PONG one");
        await host.TypeAsync(key, "ping two");
        var text = await host.SerialAsync(key, "PONG two");
        Assert.StartsWith("READY n", text);
        Assert.Contains("HB 1 ", text);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task Accel_auto_launches_and_says_what_it_chose()
    {
        await using var host = new QemuFixture();
        var launched = Assert.IsType<LaunchResult.Launched>(await host.Hypervisor.LaunchAsync(
            new(host.NewKey(), QemuFixture.Nano() with { Accel = Accelerator.Auto }), default));
        Assert.Matches(@"^QEMU \S+, (tcg|kvm)$", launched.Summary);
    }

    private static string Fake(string name) => Path.Combine(AppContext.BaseDirectory, "fakes", name);
}
