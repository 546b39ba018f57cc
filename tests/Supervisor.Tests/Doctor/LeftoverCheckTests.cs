using VmSupervisor.Contracts.Views;
using VmSupervisor.Doctor.Checks;
using VmSupervisor.Linux;
using VmSupervisor.Supervisor.Tests.Qemu;

namespace VmSupervisor.Supervisor.Tests.Doctor;

/// <summary>What is on the host, against what the board accounts for.</summary>
public sealed class LeftoverCheckTests : IDisposable
{
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task A_run_directory_belongs_to_a_living_incarnation_or_is_left()
    {
        foreach (var life in new[] { "1/4", "1/5", "2/1", "3/9" })
            Directory.CreateDirectory(directory[$"vms/{life}"]);
        Directory.CreateDirectory(directory["vms/8"]);
        var board = new DoctorBoard().With(DoctorBoard.Definition(1), life: 5).With(DoctorBoard.Definition(2)).Unrecovered(3, "damaged");

        var finding = await new RunDirectoryCheck(directory.Path, board).LookAsync(default);

        Assert.Equal(DoctorStatus.Warning, finding.Status);
        Assert.Equal($"{directory["vms/1/4"]} is of no life; {directory["vms/2/1"]} is of no life; {directory["vms/8"]} is of no life", finding.Found);
        Assert.StartsWith("vmsup doctor --fix", finding.Remedy);
        Assert.EndsWith($"rm -r {directory["vms/1/4"]}", finding.Remedy);
        Assert.True(Directory.Exists(directory["vms/1/4"]));
    }

    [Fact]
    public async Task Nothing_is_left_where_there_never_was_anything()
    {
        var finding = await new RunDirectoryCheck(directory.Path, new DoctorBoard()).LookAsync(default);
        Assert.Equal((DoctorStatus.Ok, $"{directory["vms"]}: nothing is left of lives that are over"), (finding.Status, finding.Found));
    }

    [Theory]
    [InlineData("7", 3, 100, false)] // its VM's process
    [InlineData("7", 3, null, false)] // not known yet: the start is under way
    [InlineData("7", 3, 99, false)] // a child of its VM's process
    [InlineData("7", 3, 4711, true)] // its VM has another one
    [InlineData("7", 4, null, true)] // of an earlier life
    [InlineData("70", 3, null, true)] // of another VM
    public async Task A_process_belongs_to_the_living_incarnation_whose_directory_it_names(string vm, int life, int? pid, bool stray)
    {
        Process(100, parent: 99, "/usr/bin/qemu-system-x86_64", "-pidfile", directory["vms/7/3/pid"]);
        Process(101, parent: 1, "/usr/bin/tail", "-f", directory["vms/7/3/serial.log"]);
        var board = new DoctorBoard().With(DoctorBoard.Definition(int.Parse(vm, null)), life, pid);

        var finding = await CheckAsync(board);

        Assert.Equal(stray ? DoctorStatus.Failed : DoctorStatus.Ok, finding.Status);
        Assert.Equal(
            stray ? $"process 100 (qemu-system-x86_64) uses {directory["vms/7/3"]}, and no VM owns it" : "1 of ours, all owned by VMs", finding.Found);
    }

    [Fact]
    public async Task A_process_that_has_taken_over_the_pid_of_a_vms_qemu_is_shown_and_not_to_be_touched()
    {
        Process(100, parent: 1, "/usr/bin/sleep", "60");
        var board = new DoctorBoard().With(DoctorBoard.Definition(7), life: 3, pid: 100);

        var finding = await CheckAsync(board);

        Assert.Equal((DoctorStatus.Failed, "process 100 (sleep) has the pid of vm 7's QEMU, and is another"), (finding.Status, finding.Found));
        Assert.StartsWith("leave it alone", finding.Remedy);
        Process(100, parent: 1, "/usr/bin/qemu-system-x86_64", "-pidfile", directory["vms/7/3/pid"]);
        Assert.Equal(DoctorStatus.Ok, (await CheckAsync(board)).Status);
    }

    [Fact]
    public async Task A_process_of_a_vm_that_could_not_be_recovered_is_not_to_be_killed()
    {
        Process(100, parent: 1, "/usr/bin/qemu-system-x86_64", "-pidfile", directory["vms/7/3/pid"]);
        var finding = await CheckAsync(new DoctorBoard().Unrecovered(7, "event of an unknown type"));
        Assert.Equal(DoctorStatus.Warning, finding.Status);
        Assert.StartsWith("leave it alone", finding.Remedy);
    }

    [Fact]
    public async Task A_process_by_any_name_is_ours_when_it_holds_a_lock_of_ours()
    {
        Process(100, parent: 1, "/bin/sh", directory["vms/7/3/fake"]);
        Directory.CreateDirectory(directory["proc/100/fd"]);
        File.CreateSymbolicLink(directory["proc/100/fd/3"], directory["vms/7/3/lock"]);
        Assert.Equal($"process 100 (sh) uses {directory["vms/7/3"]}, and no VM owns it", (await CheckAsync(new DoctorBoard())).Found);
    }

    [Fact]
    public async Task Nothing_is_called_stray_before_all_vms_are_recovered()
    {
        Process(100, parent: 1, "/usr/bin/qemu-system-x86_64", "-pidfile", directory["vms/7/3/pid"]);
        Directory.CreateDirectory(directory["vms/7/3"]);
        var board = new DoctorBoard().NotReady();
        Assert.Equal(DoctorStatus.Warning, (await CheckAsync(board)).Status);
        Assert.Equal("not told while the node starts or stops", (await new RunDirectoryCheck(directory.Path, board).LookAsync(default)).Found);
    }

    private Task<VmSupervisor.Doctor.Finding> CheckAsync(DoctorBoard board) =>
        new ProcessCheck(directory.Path, "qemu-system-x86_64", new ProcFs("boot", directory["proc"]), board).LookAsync(default);

    private void Process(int pid, int parent, params string[] arguments)
    {
        Directory.CreateDirectory(directory[$"proc/{pid}"]);
        File.WriteAllText(directory[$"proc/{pid}/cmdline"], string.Join('\0', arguments) + "\0");
        File.WriteAllText(directory[$"proc/{pid}/stat"], $"{pid} (x) S {parent} 1 1 {string.Join(' ', Enumerable.Repeat(5, 30))}\n");
    }
}
