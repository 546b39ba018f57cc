using System.Diagnostics;
using VmSupervisor.Domain;
using VmSupervisor.Linux;

namespace VmSupervisor.Supervisor.Tests.Linux;

public sealed class SpawnerTests : IDisposable
{
    private readonly LinuxFixture linux = new();

    public void Dispose() => linux.Dispose();

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task A_child_has_exactly_the_descriptors_it_was_given()
    {
        using var given = FileDescriptor.Open("/dev/zero", LibC.OpenReadOnly);
        using var leaky = FileDescriptor.Open("/dev/null", LibC.OpenReadOnly);
        const int setFlags = 2;
        Assert.Equal(0, LibC.Control(leaky.Number, setFlags, 0)); // as a library might that forgets O_CLOEXEC

        var request = linux.Shell("ls -1 /proc/$$/fd; head -c 3 <&7 | od -An -tx1") with { Inherited = [new(given, 7)] };
        var (_, output) = await linux.RunAsync(request);

        Assert.Equal(["0", "1", "2", "7", "00 00 00"], Lines(output));
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task Targets_may_be_numbers_that_are_sources_too()
    {
        using var one = FileDescriptor.Open("/dev/zero", LibC.OpenReadOnly);
        using var other = FileDescriptor.Open("/dev/null", LibC.OpenReadOnly);

        var request = linux.Shell("exec readlink /proc/self/fd/$1 /proc/self/fd/$2", $"{one.Number}", $"{other.Number}") with
        {
            Inherited = [new(other, one.Number), new(one, other.Number)],
        };
        var (_, output) = await linux.RunAsync(request);

        Assert.Equal(["/dev/null", "/dev/zero"], Lines(output));
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task A_child_starts_with_default_signals_and_none_blocked()
    {
        var (_, output) = await linux.RunAsync(linux.Request("/bin/grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"));

        Assert.Equal(["SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000"], Lines(output));
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task Arguments_environment_and_directory_arrive_as_they_are()
    {
        var request = linux.Shell("printf '<%s>' \"$0\" \"$@\"; pwd; exec env", "two words", "", "new\nline", "ü") with
        {
            Environment = [new("B", "1 = 2"), new("A", "x\ny")],
            WorkingDirectory = "/usr/share",
        };
        var (_, output) = await linux.RunAsync(request);

        Assert.StartsWith("<sh><two words><><new\nline><ü>/usr/share\n", output, StringComparison.Ordinal);
        Assert.Equal(["A=x", "B=1 = 2", "PWD=/usr/share", "y"], Lines(output)[2..].Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task Output_is_appended_and_input_is_empty()
    {
        await File.WriteAllTextAsync(linux.Output, "before\n");
        var request = linux.Shell("cat; echo out; echo err >&2") with { StandardError = linux.File("error") };

        var (exit, output) = await linux.RunAsync(request);

        Assert.Equal(new ProcessExit(0, null), exit);
        Assert.Equal("before\nout\n", output);
        Assert.Equal("err\n", await File.ReadAllTextAsync(request.StandardError));
    }

    [Theory(Timeout = LinuxFixture.Limit)]
    [InlineData(true)]
    [InlineData(false)]
    public void A_child_leads_its_own_session_or_group(bool session)
    {
        var child = linux.Spawn(linux.Request("/bin/sleep", "1000") with { NewSession = session });

        var stat = linux.Processes.ReadStat(child.Pid)!;
        var ours = linux.Processes.ReadStat(Environment.ProcessId)!;
        Assert.Equal((child.Pid, session ? child.Pid : ours.Session), (stat.Group, stat.Session));
    }

    [Fact]
    public void What_cannot_be_run_is_told_in_one_line()
    {
        Assert.Equal("cannot run /nowhere/qemu: No such file or directory", Reason(linux.Request("/nowhere/qemu")));
        Assert.Equal("cannot run /etc/passwd: Permission denied", Reason(linux.Request("/etc/passwd")));
        Assert.Equal(
            "cannot run /bin/true: there is no working directory /nowhere",
            Reason(linux.Request("/bin/true") with { WorkingDirectory = "/nowhere" }));
        Assert.Equal(
            "cannot run /bin/true: cannot open /nowhere/log: No such file or directory",
            Reason(linux.Request("/bin/true") with { StandardError = "/nowhere/log" }));

        string Reason(SpawnRequest request) => Assert.IsType<SpawnResult.Failed>(new Spawner().Spawn(request)).Reason;
    }

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task A_Process_elsewhere_in_this_runtime_does_not_steal_the_status_of_our_children()
    {
        // Both orders: children that end before, between and after those of Process.
        var exits = new List<Task<ProcessExit>>();
        for (var i = 0; i < 20; i++)
        {
            exits.Add(linux.Exits.WaitAsync(linux.Spawn(linux.Shell($"exit {i}")), CancellationToken.None));
            using var other = Process.Start("/bin/true");
            await other.WaitForExitAsync();
            Assert.Equal(0, other.ExitCode);
        }

        Assert.Equal(Enumerable.Range(0, 20).Select(i => new ProcessExit(i, null)), await Task.WhenAll(exits));
    }

    private static string[] Lines(string text) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Trim(' '))];
}
