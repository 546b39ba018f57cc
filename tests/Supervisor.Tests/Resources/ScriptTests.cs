using System.Diagnostics;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Linux;
using VmSupervisor.Resources;
using VmSupervisor.Resources.Volumes;
using VmSupervisor.Supervisor.Tests.Qemu;

namespace VmSupervisor.Supervisor.Tests.Resources;

/// <summary>Real QEMUs on volumes that an executable activates, which logs what it is asked.</summary>
[Trait("needs", "qemu")]
public sealed class ScriptTests
{
    [Fact(Timeout = QemuFixture.Limit)]
    public async Task It_is_activated_before_the_guest_runs_and_deactivated_after_it_is_gone()
    {
        await using var node = await RealNode.StartAsync();
        var vm = await DefineAsync(node);
        await node.SucceedsAsync(vm, new VmCommand.Start());
        Assert.Equal(["activate pool/a b", "path pool/a b"], Log(node));
        Assert.Contains($"\"filename\":\"{node.Files["image"]}\"", node.CommandLine(vm));
        await node.SucceedsAsync(vm, new VmCommand.Stop());
        Assert.Equal(["activate pool/a b", "path pool/a b", "deactivate pool/a b"], Log(node));
        AssertNothingLeft(node);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task Kept_active_it_is_not_deactivated_and_the_next_start_only_asks_where_it_is()
    {
        await using var node = await RealNode.StartAsync();
        var vm = await DefineAsync(node);
        await node.SucceedsAsync(vm, new VmCommand.Start());
        await node.SucceedsAsync(vm, new VmCommand.Stop(KeepActive: true));
        await node.RestartAsync();
        Assert.True(Assert.Single(node.View(vm).Volumes).Kept);
        await node.SucceedsAsync(vm, new VmCommand.Start());
        Assert.Equal(["activate pool/a b", "path pool/a b", "path pool/a b"], Log(node));

        // Not active after all: then it is activated.
        await node.SucceedsAsync(vm, new VmCommand.Stop(KeepActive: true));
        File.Delete(node.Files["active"]);
        await node.SucceedsAsync(vm, new VmCommand.Start());
        Assert.Equal(["path pool/a b", "activate pool/a b", "path pool/a b"], Log(node)[^3..]);
        await node.SucceedsAsync(vm, new VmCommand.Stop(KeepActive: true));
        await node.SucceedsAsync(vm, new VmCommand.Undefine());
        Assert.Equal("deactivate pool/a b", Log(node)[^1]);
        AssertNothingLeft(node);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task One_that_cannot_be_activated_fails_the_start_with_its_own_words_and_is_deactivated_all_the_same()
    {
        await using var node = await RealNode.StartAsync();
        var vm = await DefineAsync(node);
        await File.WriteAllTextAsync(node.Files["broken-activate"], "");
        Assert.Equal(
            $"vm 7: start failed: disk0: {node.Files["script"]} activate pool/a b: the pool is on fire (exit code 3)", await node.FailsAsync(vm, new VmCommand.Start()));
        Assert.Equal(["activate pool/a b", "deactivate pool/a b"], Log(node));
        AssertNothingLeft(node);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task One_whose_executable_is_missing_fails_the_start_is_not_stuck_and_starts_when_it_is_there()
    {
        await using var node = await RealNode.StartAsync();
        var vm = await DefineAsync(node);
        File.Move(node.Files["script"], node.Files["away"]);
        Assert.Contains($"disk0: cannot run {node.Files["script"]}: No such file or directory", await node.FailsAsync(vm, new VmCommand.Start()));
        Assert.Equal("CleanedUp", node.View(vm).State);
        File.Move(node.Files["away"], node.Files["script"]);
        await node.SucceedsAsync(vm, new VmCommand.Start());
        await node.SucceedsAsync(vm, new VmCommand.Stop());
        AssertNothingLeft(node);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_failed_deactivation_is_named_and_tried_again_until_it_succeeds()
    {
        await using var node = await RealNode.StartAsync();
        var vm = await DefineAsync(node);
        await node.SucceedsAsync(vm, new VmCommand.Start());
        await File.WriteAllTextAsync(node.Files["broken-deactivate"], "");
        await node.SubmitAsync(vm, new VmCommand.Stop());
        var stuck = await node.UntilAsync(vm, view => view.Problems.Count > 0);
        Assert.Equal("Stopping", stuck.State);
        Assert.Contains("deactivate pool/a b: the pool is on fire", Assert.Single(stuck.Problems));
        File.Delete(node.Files["broken-deactivate"]);
        await node.UntilAsync(vm, view => view.State == "CleanedUp");
        AssertNothingLeft(node);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_call_that_is_given_up_is_killed_with_its_children_and_waited_for()
    {
        await using var node = await RealNode.StartAsync();
        var vm = await DefineAsync(node);
        Run("mkfifo", node.Files["hang-activate"], node.Files["hung"]);
        var start = node.SubmitAsync(vm, new VmCommand.Start());

        // Opens when the script has come to its own end of it.
        await using (new FileStream(node.Files["hung"], FileMode.Open, FileAccess.Read))
        {
            await start;
            await node.SucceedsAsync(vm, new VmCommand.Stop());
        }

        Assert.Equal(["activate pool/a b", "deactivate pool/a b"], Log(node));
        Assert.Empty(Directory.GetFiles(Path.Combine(node.RunDirectory, "volumes")));
        AssertNothingLeft(node);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_supervisor_that_follows_one_killed_in_the_middle_waits_for_the_call_to_end()
    {
        using var linux = new LinuxHost();
        using var files = new TempDirectory();
        var script = Script(files);
        Run("mkfifo", files["hang-activate"], files["hung"]);
        Directory.CreateDirectory(files["run"]);
        var follower = new ScriptVolumes(linux.Spawner, linux.Exits, linux.Readiness, TimeProvider.System, files["run"]);
        var request = new VolumeRequest(new("a", new VmId(7)), "v", false, script);

        // What the dead one has left behind: a call under way, which holds the lock.
        SpawnResult left;
        using (var call = FileLock.TryAcquire($"{follower.FilesOf(request)}.lock")!)
            left = linux.Spawner.Spawn(new(script, ["activate", "v"], [new("PATH", "/usr/bin:/bin")], "/", files["out"], files["out"], [new(call.Descriptor, 3)]));
        using var process = Assert.IsType<SpawnResult.Spawned>(left).Process;
        Task release;
        await using (new FileStream(files["hung"], FileMode.Open, FileAccess.Read))
        {
            release = follower.ReleaseAsync(request, default);
            Assert.False(release.IsCompleted);
            Assert.Equal(["activate v"], await File.ReadAllLinesAsync(files["log"]));
            await using var goOn = new FileStream(files["hang-activate"], FileMode.Open, FileAccess.Write);
            await goOn.WriteAsync("go on\n"u8.ToArray());
        }

        await release;
        await linux.Exits.WaitAsync(process, default);
        Assert.Equal(["activate v", "deactivate v"], await File.ReadAllLinesAsync(files["log"]));
        Assert.False(File.Exists(files["active"]));
    }

    [Theory(Timeout = QemuFixture.Limit)]
    [InlineData("echo relative", "'relative', allowed: one absolute path")]
    [InlineData("true", "printed nothing")]
    public async Task A_path_that_is_none_is_refused(string command, string problem)
    {
        using var linux = new LinuxHost();
        using var files = new TempDirectory();
        var script = files["script"];
        Run("/bin/sh", "-c", $"printf '#!/bin/sh\\n{command}\\n' > {script} && chmod +x {script}");
        var kind = new ScriptVolumes(linux.Spawner, linux.Exits, linux.Readiness, TimeProvider.System, files["run"]);
        var e = await Assert.ThrowsAsync<ResourceException>(() => kind.LookAsync(new(new("a", new VmId(7)), "v", false, script), default));
        Assert.Contains(problem, e.Message);
    }

    private static async Task<VmId> DefineAsync(RealNode node)
    {
        Script(node.Files);
        await File.WriteAllBytesAsync(node.Files["image"], new byte[1 << 20]);
        return await node.DefineAsync(d => d with
        {
            Disks = [new() { Type = DiskType.Script, Path = "pool/a b", Script = node.Files["script"], Format = DiskFormat.Raw }],
        });
    }

    /// <summary>Written by a shell: a descriptor of ours that a fork beside this one has copied would make it "busy".</summary>
    private static string Script(TempDirectory files)
    {
        Run(
            "/bin/sh", "-c",
            """
            cat > "$1/script" <<'END'
            #!/bin/sh
            cd "$(dirname "$0")" || exit 9
            echo "$1 $2" >> log
            if [ -p "hang-$1" ]; then
                exec 4> hung
                read -r line < "hang-$1"
            fi
            if [ -e "broken-$1" ]; then
                echo "first words" >&2
                echo "the pool is on fire" >&2
                exit 3
            fi
            case $1 in
                activate) : > active ;;
                deactivate) rm -f active ;;
                path) [ -e active ] && echo "$PWD/image" ;;
            esac
            END
            chmod +x "$1/script"
            """,
            "sh", files.Path);
        return files["script"];
    }

    private static string[] Log(RealNode node) => File.ReadAllLines(node.Files["log"]);

    private static void AssertNothingLeft(RealNode node)
    {
        Assert.False(File.Exists(node.Files["active"]));
        Assert.DoesNotContain(node.RunFilesLeft(), File.Exists);
    }

    private static void Run(string executable, params string[] arguments)
    {
        using var process = Process.Start(executable, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
