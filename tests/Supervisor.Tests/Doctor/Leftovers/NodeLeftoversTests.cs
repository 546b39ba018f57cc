using Microsoft.Extensions.Logging.Abstractions;
using VmSupervisor.Contracts;
using VmSupervisor.Doctor.Leftovers;
using VmSupervisor.Domain;
using VmSupervisor.Linux;
using VmSupervisor.Supervisor.Tests.Qemu;

namespace VmSupervisor.Supervisor.Tests.Doctor.Leftovers;

/// <summary>What may be removed, and in which order.</summary>
public sealed class NodeLeftoversTests : IDisposable
{
    private readonly TempDirectory directory = new();
    private readonly List<string> happened = [];
    private readonly Caller caller = new("a person");

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task It_is_noted_before_it_is_done_and_in_the_order_of_the_kinds()
    {
        var leftovers = New(new Kind(this, "process"), new Kind(this, "tap"));
        var done = await leftovers.RemoveAsync(["tap-1", "process-1"], caller);
        Assert.Equal(
            ["note: a person: process 1: remove it", "process removed", "note: a person: tap 1: remove it", "tap removed"], happened);
        Assert.Equal([("process-1", true), ("tap-1", true)], done.Select(d => (d.Id, d.Removed)));
    }

    [Fact]
    public async Task What_cannot_be_noted_is_not_done()
    {
        var leftovers = new NodeLeftovers([new Kind(this, "process")], (_, _, _, _, _) => throw new IOException("disk full"), NullLogger.Instance);
        Assert.Equal((false, "disk full"), (await leftovers.RemoveAsync(["process-1"], caller)).Select(d => (d.Removed, d.Result)).Single());
        Assert.Empty(happened);
    }

    [Fact]
    public async Task What_is_left_alone_or_not_there_any_more_or_was_not_agreed_to_is_not_touched()
    {
        var leftovers = New(new Kind(this, "process", removable: false), new Kind(this, "tap"));
        var done = await leftovers.RemoveAsync(["process-1", "process-of-before"], caller);
        Assert.Equal(
            [("process-1", false, "it is left alone: who knows"), ("process-of-before", true, "it is not there any more, or belongs to a VM now")],
            done.Select(d => (d.Id, d.Removed, d.Result)));
        Assert.Empty(happened);
    }

    [Fact]
    public async Task A_failure_is_told_and_the_rest_is_done()
    {
        var leftovers = New(new Kind(this, "process", failure: "it does not end"), new Kind(this, "tap"));
        var done = await leftovers.RemoveAsync(["process-1", "tap-1"], caller);
        Assert.Equal([(false, "it does not end"), (true, "done")], done.Select(d => (d.Removed, d.Result)));
    }

    [Theory]
    [InlineData("vms/7/3", "vms/7/3", true)]
    [InlineData("vms/7/3", "vms/7/4", false)] // the lock of another life
    [InlineData("vms/7/3", null, false)]
    public void Only_who_holds_the_lock_of_the_life_it_names_may_be_ended(string named, string? locked, bool removable)
    {
        Process(100, directory[named], locked is null ? null : directory[locked]);
        var found = Assert.Single(Processes(new DoctorBoard()).Find());
        Assert.Equal(removable, found.RemoveAsync is not null);
        Assert.Equal(removable, found.View.Action is not null);
        Assert.Equal((new VmId(7), new Incarnation(3)), (found.View.Vm, found.Life));
    }

    [Fact]
    public void A_process_of_a_vm_that_could_not_be_recovered_is_left_alone_and_nothing_is_found_before_the_node_is_ready()
    {
        Process(100, directory["vms/7/3"], directory["vms/7/3"]);
        Assert.Null(Assert.Single(Processes(new DoctorBoard().Unrecovered(7, "damaged")).Find()).RemoveAsync);
        Assert.Empty(Processes(new DoctorBoard().NotReady()).Find());
        Assert.Empty(Processes(new DoctorBoard().With(DoctorBoard.Definition(7), life: 3, pid: 100)).Find());
    }

    [Theory]
    [InlineData("vmsup n1 vm 7 net0", true, null, true)]
    [InlineData("vmsup n1 vm 7 net0", true, 3, false)] // its VM has a life
    [InlineData("vmsup n2 vm 7 net0", true, null, false)] // another node's
    [InlineData("my own", true, null, false)]
    [InlineData("vmsup n1 vm 7 net0", false, null, false)] // no tap
    public void A_tap_is_ours_by_its_name_and_its_alias(string alias, bool isTap, int? life, bool found)
    {
        var name = VmSupervisor.Resources.Taps.TapName.Of(new("n1", new VmId(7)), 0);
        foreach (var one in new[] { name, "t7azzzz" })
        {
            Directory.CreateDirectory(directory[$"net/{one}"]);
            File.WriteAllText(directory[$"net/{one}/ifalias"], alias + "\n");
            if (isTap)
                File.WriteAllText(directory[$"net/{one}/tun_flags"], "0x1\n");
        }

        var board = new DoctorBoard().With(DoctorBoard.Definition(7), life);
        var leftovers = new StrayTaps("n1", board, directory["net"]).Find();
        Assert.Equal(found ? [$"tap-{name}"] : [], leftovers.Select(l => l.View.Id));
    }

    private NodeLeftovers New(params ILeftoverKind[] kinds) => new(
        kinds,
        (_, _, by, what, _) =>
        {
            happened.Add($"note: {by}: {what}");
            return Task.CompletedTask;
        },
        NullLogger.Instance);

    private StrayProcesses Processes(DoctorBoard board) =>
        new(directory.Path, "qemu-system-x86_64", new ProcFs("boot", directory["proc"]), null!, TimeProvider.System, board);

    private void Process(int pid, string life, string? locked)
    {
        Directory.CreateDirectory(directory[$"proc/{pid}/fd"]);
        File.WriteAllText(directory[$"proc/{pid}/cmdline"], $"/usr/bin/qemu-system-x86_64\0-pidfile\0{life}/pid\0");
        File.WriteAllText(directory[$"proc/{pid}/stat"], $"{pid} (x) S 1 1 1 {string.Join(' ', Enumerable.Repeat(5, 30))}\n");
        if (locked is not null)
            File.CreateSymbolicLink(directory[$"proc/{pid}/fd/3"], $"{locked}/lock");
    }

    private sealed class Kind(NodeLeftoversTests test, string kind, bool removable = true, string? failure = null) : ILeftoverKind
    {
        public IReadOnlyList<Leftover> Find() =>
        [
            removable
                ? Leftover.Removable($"{kind}-1", kind, new VmId(7), new Incarnation(3), $"{kind} 1", "remove it", _ => Remove())
                : Leftover.LeftAlone($"{kind}-1", kind, new VmId(7), new Incarnation(3), $"{kind} 1", "who knows"),
        ];

        private Task<string> Remove()
        {
            if (failure is not null)
                throw new IOException(failure);
            test.happened.Add($"{kind} removed");
            return Task.FromResult("done");
        }
    }
}
