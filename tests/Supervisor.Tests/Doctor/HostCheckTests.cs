using System.Diagnostics;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Doctor;
using VmSupervisor.Doctor.Checks;
using VmSupervisor.Linux;
using VmSupervisor.Supervisor.Tests.Qemu;

namespace VmSupervisor.Supervisor.Tests.Doctor;

/// <summary>What the host must have; each on a host made up of files.</summary>
public sealed class HostCheckTests : IDisposable
{
    private readonly TempDirectory directory = new();
    private readonly LinuxHost linux = new();

    public void Dispose()
    {
        linux.Dispose();
        directory.Dispose();
    }

    [Fact]
    public async Task A_qemu_that_is_not_there_is_named_with_how_to_get_it()
    {
        var finding = await QemuAsync("/nowhere/qemu");
        Assert.Equal(DoctorStatus.Failed, finding.Status);
        Assert.Contains("there is no executable /nowhere/qemu", finding.Found);
        Assert.Contains("install", finding.Remedy);
    }

    [Theory]
    [InlineData("echo QEMU emulator version 7.2.22 '(Debian)'", DoctorStatus.Ok, "QEMU emulator version 7.2.22 (Debian)")]
    [InlineData("echo QEMU emulator version 10.0.1", DoctorStatus.Ok, "version 10.0.1")]
    [InlineData("echo QEMU emulator version 6.1.0", DoctorStatus.Warning, "version 6.1.0")]
    [InlineData("echo lib.so is missing >&2; exit 127", DoctorStatus.Failed, "ended with 127 and said 'lib.so is missing'")]
    public async Task A_qemu_is_judged_by_what_it_says_of_itself(string script, DoctorStatus status, string found)
    {
        var finding = await QemuAsync(Script("qemu", script));
        Assert.Equal(status, finding.Status);
        Assert.Contains(found, finding.Found);
        Assert.Equal(status != DoctorStatus.Ok, finding.Remedy is not null);
        Assert.Empty(Directory.EnumerateFiles(directory.Path, "doctor.*"));
    }

    [Fact]
    public async Task Hooks_that_are_missing_or_not_executable_are_named_with_their_vms()
    {
        var good = Script("good", "true");
        File.WriteAllText(directory["plain"], "");
        var board = new DoctorBoard().With(DoctorBoard.Definition(1, [good, directory["plain"]])).With(DoctorBoard.Definition(2, [directory["gone"], directory["plain"]]));

        var finding = await new HookCheck(board).LookAsync(default);

        Assert.Equal((DoctorStatus.Failed, $"{directory["plain"]} is not executable (vm 1, 2); {directory["gone"]} does not exist (vm 2)"), (finding.Status, finding.Found));
        Assert.Equal("1 of them, all executable", (await new HookCheck(new DoctorBoard().With(DoctorBoard.Definition(1, [good]))).LookAsync(default)).Found);
    }

    [Fact]
    public async Task A_bridge_that_a_definition_names_and_nobody_made_is_a_failure()
    {
        Directory.CreateDirectory(directory["net/br0/bridge"]);
        Directory.CreateDirectory(directory["net/eth0"]);
        var network = Network("CapEff:\t0000000000001000");
        var board = new DoctorBoard().With(DoctorBoard.Definition(1, bridge: "br0"));

        Assert.Equal(Finding.Ok("taps can be made; bridges: br0"), await new BridgeCheck(board, network).LookAsync(default));
        var finding = await new BridgeCheck(board.With(DoctorBoard.Definition(2, bridge: "br9")), network).LookAsync(default);
        Assert.Equal((DoctorStatus.Failed, "vm 2 wants bridge br9, which does not exist"), (finding.Status, finding.Found));
        Assert.StartsWith("ip link add br9 type bridge", finding.Remedy);
    }

    [Fact]
    public async Task Taps_that_cannot_be_made_matter_only_to_those_who_want_one()
    {
        var board = new DoctorBoard();
        var finding = await new BridgeCheck(board, Network("CapEff:\t0000000000000001")).LookAsync(default);
        Assert.Equal(DoctorStatus.Warning, finding.Status);
        Assert.EndsWith("but this process has no CAP_NET_ADMIN", finding.Found);

        finding = await new BridgeCheck(board.With(DoctorBoard.Definition(3, bridge: "br0")), new HostNetwork(directory["no-tun"])).LookAsync(default);
        Assert.Equal(DoctorStatus.Failed, finding.Status);
        Assert.Contains("vm 3 wants one", finding.Found);
        Assert.Contains("No such file or directory", finding.Found);
    }

    [Theory]
    [InlineData("cgroup.controllers=cpu memory pids", DoctorStatus.Ok, "v2")]
    [InlineData("cgroup.controllers=pids", DoctorStatus.Warning, "v2 in {0}, without cpu and memory")]
    [InlineData("memory/tasks=;cpu/tasks=", DoctorStatus.Ok, "v1")]
    [InlineData("memory/tasks=", DoctorStatus.Warning, "v1 in {0}, without cpu")]
    [InlineData("", DoctorStatus.Warning, "none are mounted in {0}")]
    public async Task Cgroups_are_recognised_in_both_versions(string files, DoctorStatus status, string found)
    {
        var root = Directory.CreateDirectory(directory["cgroup"]).FullName;
        foreach (var file in files.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(f => f.Split('=')))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, file[0]))!);
            File.WriteAllText(Path.Combine(root, file[0]), file[1]);
        }

        var finding = await new CgroupCheck(root: root).LookAsync(default);
        Assert.Equal(status, finding.Status);
        Assert.StartsWith(string.Format(null, found, root), finding.Found);
        Assert.Empty(Directory.EnumerateDirectories(root, "vmsup-doctor-*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Cgroups_are_looked_at_where_the_configuration_wants_them()
    {
        var root = Directory.CreateDirectory(directory["cgroup"]).FullName;
        Directory.CreateDirectory(Path.Combine(root, "vms", "a"));
        foreach (var (group, controllers) in new[] { ("", "cpu memory pids"), ("vms", "cpu memory"), ("vms/a", "pids") })
            File.WriteAllText(Path.Combine(root, group, "cgroup.controllers"), controllers);

        Assert.Equal(Finding.Ok($"v2 in {root}, for /vms/b/c, groups can be made"), await new CgroupCheck("/vms/b/c", root).LookAsync(default));
        var finding = await new CgroupCheck("/vms/a", root).LookAsync(default);
        Assert.Equal((DoctorStatus.Warning, $"v2 in {root}, for /vms/a, without cpu and memory"), (finding.Status, finding.Found));
    }

    [Fact]
    public async Task A_state_directory_is_written_synced_and_left_as_it_was()
    {
        var finding = await new StateDirectoryCheck(directory.Path, TimeProvider.System).LookAsync(default);
        Assert.Matches(@"a file is written and synced, with its directory, in \d+\.\d ms", finding.Found);
        Assert.Empty(Directory.EnumerateFileSystemEntries(directory.Path));
    }

    [Fact]
    public async Task A_state_directory_that_cannot_be_written_is_a_failure()
    {
        // procfs takes no files of root either.
        var finding = await new StateDirectoryCheck("/proc/self", TimeProvider.System).LookAsync(default);
        Assert.Equal(DoctorStatus.Failed, finding.Status);
        Assert.StartsWith("/proc/self cannot be written and synced: ", finding.Found);
    }

    [Fact]
    public async Task Without_procfs_the_boot_is_unknown_and_that_is_a_failure()
    {
        Assert.Equal(DoctorStatus.Ok, (await new BootIdCheck(linux.Processes).LookAsync(default)).Status);
        Assert.Equal(DoctorStatus.Failed, (await new BootIdCheck(new ProcFs(root: directory["proc"])).LookAsync(default)).Status);
    }

    private HostNetwork Network(string capabilities)
    {
        File.WriteAllText(directory["tun"], "");
        File.WriteAllText(directory["status"], $"Name:\tx\n{capabilities}\n");
        return new HostNetwork(directory["tun"], directory["net"], directory["status"]);
    }

    private Task<Finding> QemuAsync(string qemu) => new QemuCheck(qemu, directory.Path, linux.Spawner, linux.Exits).LookAsync(default);

    private string Script(string name, string text)
    {
        // Written by another process: see LinuxFixture.Do.
        using (var writer = Process.Start("/bin/sh", ["-c", "printf '#!/bin/sh\\n%s\\n' \"$2\" >\"$1\"; chmod 500 \"$1\"", "sh", directory[name], text]))
            writer.WaitForExit();
        return directory[name];
    }
}
