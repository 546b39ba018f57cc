using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.EndToEnd.Tests;

/// <summary>What scripts go by: exit codes, and faults by line and column.</summary>
[Trait("Category", "Qemu")]
public sealed class ExitCodeTests
{
    [Fact(Timeout = Limits.Test)]
    public Task What_is_there_already_is_done_and_what_is_not_defined_is_not_found() => Node.OfItsOwnAsync(async node =>
    {
        await node.DefineAsync(Definitions.Nano(1));
        (await node.CliAsync("stop", "1")).Expect(0);
        (await node.CliAsync("start", "nano-1")).Expect(0);
        var pid = node.World.TheProcess(1).Pid;
        (await node.CliAsync("start", "1")).Expect(0);
        Assert.Equal(pid, node.World.TheProcess(1).Pid);

        foreach (var command in new[] { "show", "stop", "history" })
            Assert.Contains("nobody", (await node.CliAsync(command, "nobody")).Expect(3).OneError);
        Assert.Contains("9", (await node.CliAsync("start", "9")).Expect(3).OneError);

        (await node.CliAsync("undefine", "1")).Expect(4);
        (await node.CliAsync("wait", "1", "CleanedUp", "--timeout", "50ms")).Expect(6);
        (await node.CliAsync("stop", "1")).Expect(0);
        (await node.CliAsync("wait", "1", "CleanedUp")).Expect(0);
        (await node.CliAsync("pause", "1")).Expect(4);
        (await node.CliAsync("undefine", "1")).Expect(0);
        Assert.Equal("[]\n", (await node.CliAsync("list", "-o", "json")).Output);
    });

    [Fact(Timeout = Limits.Test)]
    public Task A_bad_definition_is_refused_with_a_line_for_each_fault_and_the_daemon_never_hears_of_it() => Node.OfItsOwnAsync(async node =>
    {
        var file = node.Write("bad.conf", """
            vm {
              id = 0
              memory = 4 parsecs
              colour = blue
            }
            """);

        var refused = (await node.CliAsync("define", file)).Expect(2);

        Assert.Equal(
            [$"{file}:2:8: vm.id: ", $"{file}:3:12: vm.memory: ", $"{file}:4:3: vm.colour: "],
            refused.Errors.TrimEnd('\n').Split('\n').Select(line => line[..(line.IndexOf(": found", StringComparison.Ordinal) + 2)]));
        Assert.Equal("", refused.Output);
        (await node.CliAsync("define", node.In("none.conf"))).Expect(2);
        (await node.CliAsync("strat", "1")).Expect(2);
        Assert.Equal("[]\n", (await node.CliAsync("list", "-o", "json")).Output);
    });

    [Fact(Timeout = Limits.Test)]
    public Task Without_a_daemon_every_command_ends_with_5() => Node.OfItsOwnAsync(async node =>
    {
        await node.DefineAsync(Definitions.Nano(1));
        await node.StartAsync(1);

        await node.StopDaemonAsync();
        Assert.Contains(node.Socket, (await node.CliAsync("list")).Expect(5).OneError);
        await node.StartDaemonAsync();
        await node.KillDaemonAsync();
        // Its socket is still there, and nobody listens.
        Assert.True(File.Exists(node.Socket));
        Assert.Contains(node.Socket, (await node.CliAsync("stop", "1")).Expect(5).OneError);

        await node.StartDaemonAsync();
        Assert.Equal("Running", (await node.ShowAsync(1)).State);
    });

    [Fact(Timeout = Limits.Test)]
    public Task Only_root_and_the_members_of_the_configured_group_may_act() => Node.OfItsOwnAsync(
        async node =>
        {
            // Another user must get at the program and at the socket.
            var programs = node.In("bin");
            Assert.Equal(0, (await Programs.RunAsync("cp", "-R", Path.GetDirectoryName(Binaries.Cli)!, programs)).Exit);
            Assert.Equal(0, (await Programs.RunAsync("chmod", "a+rx", node.Root)).Exit);
            Task<Ended> ByAsync(string groups, params string[] command) => Programs.RunAsync(
                Environment.IsPrivilegedProcess ? "/usr/bin/env" : "/usr/bin/sudo",
                ["setpriv", "--reuid=65534", "--regid=65534", groups, Path.Combine(programs, "vmsup"), "--socket", node.Socket, .. command]);

            var refused = (await ByAsync("--clear-groups", "list")).Expect(7);
            Assert.Contains("not allowed: found uid 65534", refused.OneError);
            Assert.Equal("", refused.Output);
            (await ByAsync("--clear-groups", "stop", "1")).Expect(7);

            Assert.Equal("[]\n", (await ByAsync("--groups=64999", "list", "-o", "json")).Expect(0).Output);
        },
        "vmsup.socket.group=64999");

    [Fact(Timeout = Limits.Test)]
    public Task No_wait_prints_the_operation_which_is_listed_until_it_ends() => Node.OfItsOwnAsync(async node =>
    {
        Kernel.MakeFifo(node.In("gate-pre-start"));
        await node.DefineAsync(Definitions.Nano(1).WithHook(node));

        var id = (await node.CliAsync("start", "1", "--no-wait")).Expect(0).Output.TrimEnd('\n');
        var listed = Assert.Single((await node.CliAsync("operations", "-o", "json")).Expect(0).Json.AsArray())!;
        Assert.Equal((id, "start", "running"), ((string?)listed["id"], (string?)listed["kind"], (string?)listed["status"]));
        Assert.Equal(id, (string?)(await node.CliAsync("show", "1", "-o", "json")).Json["operation"]);

        await Eventually.TrueAsync("the hook begins", () => node.World.Hooks().Count == 1);
        await using (File.OpenWrite(node.In("gate-pre-start")))
            File.Delete(node.In("gate-pre-start"));
        (await node.CliAsync("start", "1", "--operation", id)).Expect(0);
        (await node.CliAsync("wait", "1", "running")).Expect(0);
        Assert.Empty((await node.CliAsync("operations", "-o", "json")).Json.AsArray());
        Assert.Single((await node.HistoryAsync(1)).Of("start-accepted"));
    });

    [Fact(Timeout = Limits.Test)]
    public Task A_second_daemon_on_the_same_directories_says_so_and_ends_with_4() => Node.OfItsOwnAsync(async node =>
    {
        var second = (await Programs.RunAsync(Binaries.Daemon, "--state-dir", node.State, "--run-dir", node.In("r2"), "--node", "second")).Expect(4);

        Assert.Contains($"held by process {node.Daemon.Pid} (node {node.Name})", second.OneError);
        Assert.Empty(await node.Client.ListAsync());
    });

    [Fact(Timeout = Limits.Test)]
    public Task An_unknown_setting_is_named_by_line_and_column_and_nothing_is_started() => Node.OfItsOwnAsync(async node =>
    {
        var file = node.Write("vmsupd.conf", """
            vmsup {
              qemu.launch-timeout = 3 bananas
              hooks { colour = blue }
            }
            """);
        var directory = node.In("other");

        var refused = (await Programs.RunAsync(Binaries.Daemon, "--config", file, "--state-dir", directory, "--run-dir", directory)).Expect(2);

        Assert.Equal(
            [$"{file}:2:25: vmsup.qemu.launch-timeout: ", $"{file}:3:11: vmsup.hooks.colour: "],
            refused.Errors.TrimEnd('\n').Split('\n').Select(line => line[..(line.IndexOf(": found", StringComparison.Ordinal) + 2)]));
        Assert.False(Directory.Exists(directory));
    });
}
