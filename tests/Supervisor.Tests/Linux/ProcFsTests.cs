using VmSupervisor.Domain;
using VmSupervisor.Linux;

namespace VmSupervisor.Supervisor.Tests.Linux;

public sealed class ProcFsTests : IDisposable
{
    private readonly LinuxFixture linux = new();

    public void Dispose() => linux.Dispose();

    [Fact]
    public void The_start_time_is_found_whatever_the_process_is_called()
    {
        var executable = linux.File("a) S 1 (b");
        linux.Do("cp /bin/sleep \"$1\"", executable);
        var child = linux.Spawn(linux.Request(executable, "1000"));

        // 52 fields in all, of which the start time is the 22nd: counted from the end, where no name is in the way.
        var fields = File.ReadAllText($"/proc/{child.Pid}/stat").Trim().Split(' ');
        var stat = linux.Processes.ReadStat(child.Pid)!;
        Assert.Equal(long.Parse(fields[^(52 - 22 + 1)]), stat.StartTime);
        Assert.Equal(("a) S 1 (b", Environment.ProcessId), (stat.Name, stat.Parent));
    }

    [Fact]
    public void Command_lines_are_split_at_their_arguments()
    {
        var child = linux.Spawn(linux.Shell("sleep 1000; :", "", "x y"));

        Assert.Equal(["/bin/sh", "-c", "sleep 1000; :", "sh", "", "x y"], linux.Processes.ReadCommandLine(child.Pid)!);
        Assert.Null(linux.Processes.ReadCommandLine(int.MaxValue));
        Assert.Null(linux.Processes.ReadStat(int.MaxValue));
    }

    [Theory]
    [InlineData("/run/1", true, "/run/1")]
    [InlineData("/run/1/", true, "/run/1/qmp.sock")]
    [InlineData("/run/1", true, "unix:/run/1/qmp.sock,server=on")]
    [InlineData("/run/1", true, "a=/run/1,b")]
    [InlineData("/run/1", true, "/run/10 /run/1")]
    [InlineData("/run/1", false, "/run/10/qmp.sock")]
    [InlineData("/run/1", false, "/run/1.old")]
    [InlineData("/run/1", false, "/chroot/run/1")]
    [InlineData("/run/a,b", true, "path=/run/a,,b/qmp.sock")]
    public void A_run_directory_is_recognised_in_an_argument(string directory, bool named, string argument) =>
        Assert.Equal(named, RunDirectoryArgument.IsNamedIn(["qemu", argument], directory));

    [Fact]
    public void Processes_are_found_by_their_run_directory_and_by_an_open_file()
    {
        // A shell that forks would be found twice, until its child has exec'd.
        const string withoutFork = "kill -STOP $$";
        using var held = FileDescriptor.Open(linux.File("lock"), LibC.OpenReadWrite | LibC.OpenCreate);
        var one = linux.Spawn(linux.Shell(withoutFork, linux.File("1")) with { Inherited = [new(held, 3)] });
        var ten = linux.Spawn(linux.Shell(withoutFork, linux.File("10")));

        Assert.Equal([one.Pid], linux.Processes.FindByRunDirectory(linux.File("1")));
        Assert.Contains(one.Pid, linux.Processes.FindByOpenFile(linux.File("lock")));
        Assert.DoesNotContain(ten.Pid, linux.Processes.FindByOpenFile(linux.File("lock")));
    }

    [Fact]
    public async Task An_identity_is_ours_only_when_everything_agrees()
    {
        var child = linux.Spawn(linux.Shell("sleep 1000; :", linux.File("1")));
        var identity = linux.Processes.Identify(child.Pid)!;
        var check = new IdentityCheck(linux.Processes);

        var ours = Assert.IsType<IdentityVerdict.Ours>(check.Check(identity, linux.File("1")));
        Assert.False(ours.Dying);
        ours.Process.Dispose();
        Assert.IsType<IdentityVerdict.Gone>(check.Check(identity with { StartTime = identity.StartTime + 1 }, linux.File("1")));
        Assert.IsType<IdentityVerdict.Gone>(check.Check(identity with { BootId = "another" }, linux.File("1")));
        Assert.IsType<IdentityVerdict.Gone>(new IdentityCheck(new ProcFs(bootId: "after a reboot")).Check(identity, linux.File("1")));
        Assert.Contains(linux.File("2"), Assert.IsType<IdentityVerdict.Ambiguous>(check.Check(identity, linux.File("2"))).Reason);

        // Dead, not yet reaped: the command line is empty, the start time is right.
        LibC.Kill(-child.Pid, (int)Signal.Kill); // its sleep, too
        await linux.Readiness.WaitAsync(child, CancellationToken.None);
        Assert.True(linux.Processes.ReadStat(child.Pid)!.IsZombie);
        Assert.Empty(linux.Processes.ReadCommandLine(child.Pid)!);
        var dying = Assert.IsType<IdentityVerdict.Ours>(check.Check(identity, linux.File("1")));
        Assert.True(dying.Dying);
        dying.Process.Dispose();

        Assert.Equal(new ProcessExit(null, 9), await linux.Exits.WaitAsync(child, CancellationToken.None));
        Assert.IsType<IdentityVerdict.Gone>(check.Check(identity, linux.File("1")));
    }
}
