using System.Diagnostics;
using System.Net.Sockets;
using VmSupervisor.Daemon;
using VmSupervisor.Journal.Sqlite;
using VmSupervisor.Supervisor.Daemon.Tests.Support;

namespace VmSupervisor.Supervisor.Daemon.Tests;

/// <summary>The real binary.</summary>
[Trait("Category", "Process")]
public sealed class ProcessTests
{
    [Fact]
    public async Task A_wrong_configuration_ends_with_2_and_starts_nothing()
    {
        using var directory = new TempDirectory();

        var (exit, _, errors) = await RunAsync("--state-dir", directory.State, "--run-dir", directory.Run, "--set", "vmsup.colour=blue");

        Assert.Equal(ExitCodes.BadConfiguration, exit);
        Assert.Equal(
            "--set:1:1: vmsup.colour: found an unknown key; allowed are node, state-dir, run-dir, socket, access, log, qemu, cgroup, hooks, stop, restart, boot-id, journal, actors, http, cluster, nodes, listen, tls, peers, migration\n",
            errors);
        Assert.False(Directory.Exists(directory.State));
        Assert.False(Directory.Exists(directory.Run));
    }

    [Fact]
    public async Task A_wrong_command_line_ends_with_2()
    {
        var (exit, _, errors) = await RunAsync("--verbose");

        Assert.Equal(ExitCodes.BadConfiguration, exit);
        Assert.Contains("--verbose", errors);
    }

    [Fact]
    public async Task Help_names_the_flags()
    {
        var (exit, output, _) = await RunAsync("--help");

        Assert.Equal(0, exit);
        Assert.All(["--config", "--set", "--state-dir", "--run-dir", "--node", "--socket"], flag => Assert.Contains(flag, output));
    }

    [Theory]
    [InlineData(true, "the state directory ")]
    [InlineData(false, "the run directory ")]
    public async Task Two_daemons_on_one_directory_the_second_says_who_holds_it_and_ends_with_4(bool state, string what)
    {
        using var directory = new TempDirectory();
        using var held = StateDirectoryLock.TryAcquire(state ? directory.State : directory.Run, "first", out _);
        Assert.NotNull(held);

        var (exit, _, errors) = await RunAsync("--state-dir", directory.State, "--run-dir", directory.Run, "--node", "second");

        Assert.Equal(ExitCodes.Conflict, exit);
        Assert.StartsWith($"vmsupd: {what}", errors);
        Assert.Contains($"held by process {Environment.ProcessId} (node first)", errors);

        // It leaves nothing that it had made.
        Assert.False(Directory.Exists(state ? directory.Run : directory.State));
    }

    [Fact]
    public async Task Somebody_who_listens_on_the_socket_is_left_alone_and_the_daemon_ends_with_4()
    {
        using var directory = new TempDirectory();
        var path = Path.Combine(directory.Path, "x.sock");
        using var other = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        other.Bind(new UnixDomainSocketEndPoint(path));
        other.Listen();

        var (exit, _, errors) = await RunAsync("--state-dir", directory.State, "--run-dir", directory.Run, "--socket", path);

        Assert.Equal(ExitCodes.Conflict, exit);
        var line = Assert.Single(errors.TrimEnd('\n').Split('\n'), line => line.Contains("critical") || line.Contains("error") || line.Contains("fatal"));
        Assert.Contains($"cannot start: somebody listens already on {path}", line);
        Assert.DoesNotContain("   at ", errors);
        Assert.True(File.Exists(path));
    }

    [Fact]
    public async Task A_directory_that_cannot_be_made_ends_with_1_and_one_line()
    {
        using var directory = new TempDirectory();
        var file = directory.Write("file", "");

        var (exit, _, errors) = await RunAsync("--state-dir", Path.Combine(file, "state"), "--run-dir", directory.Run);

        Assert.Equal(ExitCodes.Failed, exit);
        Assert.StartsWith("vmsupd: ", errors);
        Assert.Single(errors.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task A_journal_that_is_none_is_left_alone_and_the_daemon_ends_with_1()
    {
        using var directory = new TempDirectory();
        Directory.CreateDirectory(directory.State);
        var journal = Path.Combine(directory.State, "journal.db");
        await File.WriteAllTextAsync(journal, "my diary");

        var (exit, _, errors) = await RunAsync("--state-dir", directory.State, "--run-dir", directory.Run);

        Assert.Equal(ExitCodes.Failed, exit);
        Assert.Contains("cannot start: ", errors);
        Assert.Contains(journal, errors);
        Assert.DoesNotContain("   at ", errors);
        Assert.Equal("my diary", await File.ReadAllTextAsync(journal));
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_stops_it_in_order_with_0(string signal)
    {
        using var directory = new TempDirectory();
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        var notify = Path.Combine(directory.Path, "notify");
        manager.Bind(new UnixDomainSocketEndPoint(notify));
        using var daemon = Start(notify, "--state-dir", directory.State, "--run-dir", directory.Run, "--node", "a");
        var errors = daemon.StandardError.ReadToEndAsync();
        try
        {
            var ready = ReceiveAsync(manager);
            if (await Task.WhenAny(ready, daemon.WaitForExitAsync()) != ready)
                Assert.Fail($"it ended with {daemon.ExitCode}: {await errors}");
            Assert.Equal("READY=1\nSTATUS=node a, 0 VMs", await ready);
            Assert.True(File.Exists(directory.Socket));

            using (var kill = Process.Start("kill", [$"-{signal}", daemon.Id.ToString()]))
                await kill.WaitForExitAsync();

            Assert.Equal("STOPPING=1", await ReceiveAsync(manager));
            await daemon.WaitForExitAsync();
            Assert.Equal(ExitCodes.Stopped, daemon.ExitCode);
            Assert.False(File.Exists(directory.Socket));

            // Standard error is no terminal here: JSON, a line each.
            Assert.All((await errors).TrimEnd('\n').Split('\n'), line => Assert.StartsWith("{\"time\":", line));
        }
        finally
        {
            if (!daemon.HasExited)
                daemon.Kill();
        }
    }

    [Fact]
    public async Task One_that_was_killed_is_followed_by_another_on_the_same_directories()
    {
        using var directory = new TempDirectory();
        for (var round = 0; round < 2; round++)
        {
            using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            var notify = Path.Combine(directory.Path, $"notify{round}");
            manager.Bind(new UnixDomainSocketEndPoint(notify));
            using var daemon = Start(notify, "--state-dir", directory.State, "--run-dir", directory.Run);
            var errors = daemon.StandardError.ReadToEndAsync();
            try
            {
                var ready = ReceiveAsync(manager);
                if (await Task.WhenAny(ready, daemon.WaitForExitAsync()) != ready)
                    Assert.Fail($"it ended with {daemon.ExitCode}: {await errors}");
                Assert.StartsWith("READY=1", await ready);
            }
            finally
            {
                daemon.Kill();
                await daemon.WaitForExitAsync();
            }

            // The dead one's socket lies in the way of the next.
            Assert.True(File.Exists(directory.Socket));
        }
    }

    [Fact]
    public async Task One_that_was_killed_leaves_nothing_in_the_directory_for_temporary_files()
    {
        using var directory = new TempDirectory();

        // As make build lays it out. Another process writes it: were we to, a test beside this one could fork while we
        // have it open, and until its child has exec'd nobody may run the file ("text file busy").
        var launcher = Path.Combine(directory.Path, "vmsupd");
        using (var copy = Process.Start("cp", [Path.Combine(AppContext.BaseDirectory, "launcher"), launcher]))
            await copy.WaitForExitAsync();
        Directory.CreateDirectory(Path.Combine(directory.Path, "lib"));
        Directory.CreateSymbolicLink(Path.Combine(directory.Path, "lib", "vmsupd"), AppContext.BaseDirectory);
        var temporary = Directory.CreateDirectory(Path.Combine(directory.Path, "tmp")).FullName;
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        var notify = Path.Combine(directory.Path, "notify");
        manager.Bind(new UnixDomainSocketEndPoint(notify));
        var start = StartOf(launcher, notify, "--state-dir", directory.State, "--run-dir", directory.Run);
        start.Environment["TMPDIR"] = temporary;
        using var daemon = Process.Start(start)!;
        var errors = daemon.StandardError.ReadToEndAsync();
        try
        {
            var ready = ReceiveAsync(manager);
            if (await Task.WhenAny(ready, daemon.WaitForExitAsync()) != ready)
                Assert.Fail($"it ended with {daemon.ExitCode}: {await errors}");

            // The launcher has become the daemon: what is killed here is the daemon.
            Assert.Equal(Path.Combine(AppContext.BaseDirectory, "vmsupd"), new FileInfo($"/proc/{daemon.Id}/exe").LinkTarget);
        }
        finally
        {
            daemon.Kill();
            await daemon.WaitForExitAsync();
        }

        Assert.Empty(Directory.GetFileSystemEntries(temporary));
    }

    private static async Task<string> ReceiveAsync(Socket socket)
    {
        var buffer = new byte[1000];
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        return System.Text.Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer, patience.Token));
    }

    private static Process Start(string notify, params string[] args)
    {
        var start = StartOf(Path.Combine(AppContext.BaseDirectory, "vmsupd"), notify, args);

        // Those that are killed would leave it in /tmp.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return Process.Start(start)!;
    }

    private static ProcessStartInfo StartOf(string program, string notify, params string[] args)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (var arg in args)
            start.ArgumentList.Add(arg);
        start.Environment["NOTIFY_SOCKET"] = notify;
        return start;
    }

    private static async Task<(int Exit, string Output, string Errors)> RunAsync(params string[] args)
    {
        using var daemon = Start("", args);
        var output = daemon.StandardOutput.ReadToEndAsync();
        var errors = await daemon.StandardError.ReadToEndAsync();
        await daemon.WaitForExitAsync();
        return (daemon.ExitCode, await output, errors);
    }
}
