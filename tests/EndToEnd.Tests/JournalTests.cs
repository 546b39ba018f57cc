using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.EndToEnd.Tests;

/// <summary>The journal examined, backed up, damaged and restored, under running guests.</summary>
[Trait("Category", "Qemu")]
public sealed class JournalTests
{
    [Fact(Timeout = Limits.Test)]
    public Task A_backup_of_a_running_node_is_restored_under_its_running_guest() => RunningAsync(async node =>
    {
        var backup = node.In("backup.db");
        var made = (await node.CliAsync("journal", "backup", backup, "-o", "json")).Expect(0).Json;
        Assert.Equal(("backup", node.Name), ((string?)made["kind"], (string?)made["node"]));
        Assert.Contains("was backed up to", node.Daemon.Log);
        Assert.Contains("nothing is overwritten", (await node.CliAsync("journal", "backup", backup)).Expect(4).OneError);
        Assert.Contains(made["sha256"]!.GetValue<string>(), (await node.CliAsync("journal", "verify", backup)).Expect(0).Output);
        Assert.Equal("journal", (string?)(await node.CliAsync("journal", "verify", "-o", "json")).Expect(0).Json["kind"]);
        Assert.Contains("is held by process", (await node.CliAsync("journal", "restore", backup, "--state-dir", node.State)).Expect(4).OneError);
        Assert.Contains("is held by process", (await node.CliAsync("journal", "verify", "--state-dir", node.State)).Expect(4).OneError);
        (await node.CliAsync("journal", "verify", node.In("nothing"))).Expect(3);

        // What is forgotten: a command of which the backup does not know.
        await node.DefineAsync(Definitions.Nano(8));
        var pid = node.World.TheProcess(7).Pid;
        await node.StopDaemonAsync();
        var restored = (await node.CliAsync("journal", "restore", backup, "--state-dir", node.State, "-o", "json")).Expect(0).Json;
        Assert.Equal((string?)made["journal"], (string?)restored["journal"]);
        Assert.NotEqual((string?)made["epoch"], (string?)restored["epoch"]);
        Assert.True(File.Exists((string?)restored["replaced"]));
        Assert.Empty((await node.CliAsync("journal", "verify", "--state-dir", node.State, "-o", "json")).Expect(0).Json["faults"]!.AsArray());
        await node.StartDaemonAsync();
        Assert.Equal(pid, (await node.ShowAsync(7)).Pid);
        Assert.Single(await node.Client.ListAsync());
    });

    [Fact(Timeout = Limits.Test)]
    public Task A_damaged_backup_is_told_and_not_restored() => RunningAsync(async node =>
    {
        var backup = node.In("backup.db");
        (await node.CliAsync("journal", "backup", backup)).Expect(0);
        await node.StopDaemonAsync();
        var before = File.ReadAllBytes(Path.Combine(node.State, "journal.db"));
        using (var file = new FileStream(backup, FileMode.Open))
        {
            file.Seek(5000, SeekOrigin.Begin);
            file.WriteByte(0x5a);
            file.WriteByte(0xa5);
        }

        Assert.Contains("its checksum is wrong", (await node.CliAsync("journal", "verify", backup)).Expect(1).OneError);
        Assert.Contains("is not restored, since it is damaged", (await node.CliAsync("journal", "restore", backup, "--state-dir", node.State)).Expect(1).OneError);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(node.State, "journal.db")));
        await node.StartDaemonAsync();
    });

    [Fact(Timeout = Limits.Test)]
    public Task A_daemon_refuses_a_damaged_journal_touches_nothing_and_adopts_the_guest_once_it_is_restored() => RunningAsync(async node =>
    {
        (await node.CliAsync("journal", "backup", node.In("backup.db"))).Expect(0);
        var pid = node.World.TheProcess(7).Pid;
        await node.StopDaemonAsync();
        using (var file = new FileStream(Path.Combine(node.State, "journal.db"), FileMode.Open))
        {
            file.Seek(4096, SeekOrigin.Begin);
            file.Write([.. Enumerable.Repeat((byte)0xa5, 8192)]);
        }

        var before = Files(node);
        var refused = await Programs.RunAsync(Binaries.Daemon, [.. node.Arguments(["vmsup.log.format=text", "vmsup.log.level=error"])]);
        Assert.Contains("it is damaged", refused.Expect(1).OneError);
        Assert.Contains($"vmsup journal restore BACKUP --state-dir {node.State}", refused.OneError);
        Assert.Equal(before, Files(node));
        (await node.CliAsync("journal", "verify", "--state-dir", node.State)).Expect(1);

        (await node.CliAsync("journal", "restore", node.In("backup.db"), "--state-dir", node.State)).Expect(0);
        await node.StartDaemonAsync();
        Assert.Equal(pid, (await node.ShowAsync(7)).Pid);
    });

    [Fact(Timeout = Limits.Test)]
    public Task An_event_of_a_newer_program_makes_this_one_refuse_to_start() => RunningAsync(async node =>
    {
        var pid = node.World.TheProcess(7).Pid;
        (await node.CliAsync("journal", "backup", node.In("backup.db"))).Expect(0);
        await node.StopDaemonAsync();
        ForeignDatabase.Execute(Path.Combine(node.State, "journal.db"), """
            INSERT INTO events (stream, version, type, schema_version, at, payload)
                SELECT stream, max(version) + 1, 'guest-teleported', 3, max(at), x'7b7d' FROM events;
            INSERT INTO kinds VALUES ('guest-teleported', 3);
            """);
        var refused = await Programs.RunAsync(Binaries.Daemon, [.. node.Arguments(["vmsup.log.format=text", "vmsup.log.level=error"])]);
        Assert.Contains("does not know: guest-teleported version 3; a newer one wrote them", refused.Expect(1).OneError);
        Assert.Contains("is of a newer program", (await node.CliAsync("journal", "verify", "--state-dir", node.State)).Expect(1).OneError);
        Assert.Equal(pid, node.World.TheProcess(7).Pid);
        (await node.CliAsync("journal", "restore", node.In("backup.db"), "--state-dir", node.State)).Expect(0);
        await node.StartDaemonAsync();
        Assert.Equal(pid, (await node.ShowAsync(7)).Pid);
    });

    /// <summary>All of the state directory but the lock, which says who held it last.</summary>
    private static string Files(Node node) => string.Join('\n', Directory.GetFiles(node.State).Where(f => !f.EndsWith("/lock", StringComparison.Ordinal)).Order()
        .Select(f => $"{f} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f)))}"));

    private static Task RunningAsync(Func<Node, Task> test) => Node.OfItsOwnAsync(async node =>
    {
        await node.DefineAsync(Definitions.Nano(7));
        await node.StartAsync(7);
        await test(node);
    });
}
