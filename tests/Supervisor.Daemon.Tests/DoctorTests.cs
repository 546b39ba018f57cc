using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using VmSupervisor.Supervisor.Daemon.Tests.Support;

namespace VmSupervisor.Supervisor.Daemon.Tests;

/// <summary>The real daemon, the real CLI and a real QEMU that nobody owns.</summary>
[Trait("Category", "Process")]
public sealed class DoctorTests
{
    private static readonly string[] Names =
        ["qemu", "kvm", "bridges", "cgroups", "hooks", "state-directory", "journal", "recovery", "processes", "run-directories", "boot-id", "peers"];

    [Fact(Timeout = 180_000)]
    public async Task A_stray_qemu_is_shown_with_what_to_do_and_left_alive()
    {
        using var directory = new TempDirectory();
        using var daemon = await StartDaemonAsync(directory);
        try
        {
            var before = await DoctorAsync(directory);
            Assert.Equal(Names, before.Checks.Keys);
            Assert.Equal((0, ""), (before.Exit, before.Errors));
            Assert.All(before.Checks.Values, check => Assert.NotEqual("failed", check.GetProperty("status").GetString()));
            Assert.Contains("QEMU emulator version ", Found(before, "qemu"));
            Assert.Equal("ok", Status(before, "boot-id"));
            Assert.Matches(@"^head at 0, a write is durable after \d+\.\d ms, .+ free$", Found(before, "journal"));
            Assert.Equal("0 of ours, all owned by VMs", Found(before, "processes"));

            var life = Path.Combine(directory.Run, "vms", "7", "3");
            Directory.CreateDirectory(life);
            using var stray = await StartQemuAsync(life);
            try
            {
                var with = await DoctorAsync(directory);
                Assert.Equal((1, "vmsup: 1 of 12 checks failed: processes\n"), (with.Exit, with.Errors));
                Assert.Equal($"process {stray.Id} (qemu-system-x86_64) uses {life}, and no VM owns it", Found(with, "processes"));
                Assert.Contains("vmsup doctor --fix", with.Checks["processes"].GetProperty("remedy").GetString());
                Assert.Equal("warning", Status(with, "run-directories"));
                Assert.Equal($"{life} is of no life", Found(with, "run-directories"));
                Assert.False(stray.HasExited);
            }
            finally
            {
                stray.Kill();
                await stray.WaitForExitAsync();
            }

            var after = await DoctorAsync(directory);
            Assert.Equal(0, after.Exit);
            Assert.Equal("ok", Status(after, "processes"));
            Assert.Equal("warning", Status(after, "run-directories"));
            Assert.Empty(Directory.EnumerateFiles(directory.State, "doctor*").Concat(Directory.EnumerateFiles(directory.Run, "doctor*")));
        }
        finally
        {
            daemon.Kill();
            await daemon.WaitForExitAsync();
        }
    }

    [Fact(Timeout = 180_000)]
    public async Task A_running_vm_owns_its_process_and_a_hook_that_cannot_be_executed_is_named()
    {
        using var directory = new TempDirectory();
        var hook = directory.Write("hook", "#!/bin/sh\n");
        var vm = directory.Write("vm.conf", $"vm {{ id = 7, memory = 16M, accel = tcg }}");
        var hooked = directory.Write("hooked.conf", $"vm {{ id = 8, memory = 16M, hooks = [\"{hook}\"] }}");
        using var daemon = await StartDaemonAsync(directory);
        try
        {
            Assert.Equal(0, (await RunAsync(directory, "define", vm)).Exit);
            var start = await RunAsync(directory, "start", "7");
            Assert.True(start.Exit == 0, start.Errors);
            Assert.Equal(0, (await RunAsync(directory, "define", hooked)).Exit);

            var found = await DoctorAsync(directory);
            Assert.Equal(("ok", "1 of ours, all owned by VMs"), (Status(found, "processes"), Found(found, "processes")));
            Assert.Equal("ok", Status(found, "run-directories"));
            Assert.Equal("2 VMs, all recovered", Found(found, "recovery"));
            Assert.Equal((1, "failed", $"{hook} is not executable (vm 8)"), (found.Exit, Status(found, "hooks"), Found(found, "hooks")));

            // A second process on the same run directory is not the VM's, though the directory is.
            using var second = await StartQemuAsync(Path.Combine(directory.Run, "vms", "7", "1"));
            try
            {
                var doubled = await DoctorAsync(directory);
                Assert.StartsWith($"process {second.Id} (qemu-system-x86_64) uses ", Found(doubled, "processes"));
                Assert.DoesNotContain("; ", Found(doubled, "processes"));
            }
            finally
            {
                second.Kill();
                await second.WaitForExitAsync();
            }
        }
        finally
        {
            await RunAsync(directory, "stop", "7");
            daemon.Kill();
            await daemon.WaitForExitAsync();
        }
    }

    private static string Found(Examined examined, string check) => examined.Checks[check].GetProperty("found").GetString()!;

    private static string Status(Examined examined, string check) => examined.Checks[check].GetProperty("status").GetString()!;

    private static async Task<Examined> DoctorAsync(TempDirectory directory)
    {
        var (exit, output, errors) = await RunAsync(directory, "doctor", "-o", "json");
        return new(exit, JsonDocument.Parse(output).RootElement.EnumerateArray().ToDictionary(c => c.GetProperty("check").GetString()!), errors);
    }

    private static async Task<(int Exit, string Output, string Errors)> RunAsync(TempDirectory directory, params string[] args)
    {
        using var process = Start("vmsup", [.. args, "--socket", directory.Socket]);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, errors);
    }

    private static async Task<Process> StartDaemonAsync(TempDirectory directory)
    {
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        var notify = Path.Combine(directory.Path, "notify");
        manager.Bind(new UnixDomainSocketEndPoint(notify));
        var daemon = Start("vmsupd", ["--state-dir", directory.State, "--run-dir", directory.Run, "--node", "a"], ("NOTIFY_SOCKET", notify));
        _ = daemon.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var buffer = new byte[1000];
        try
        {
            Assert.StartsWith("READY=1", Encoding.UTF8.GetString(buffer, 0, await manager.ReceiveAsync(buffer, patience.Token)));
        }
        catch
        {
            daemon.Kill();
            throw;
        }

        return daemon;
    }

    /// <summary>One that has greeted on its monitor, so that its command line is its own.</summary>
    private static async Task<Process> StartQemuAsync(string life)
    {
        var qemu = Start("/usr/bin/qemu-system-x86_64", [
            "-S", "-nodefaults", "-display", "none", "-machine", "none", "-accel", "tcg", "-qmp", "stdio", "-pidfile", Path.Combine(life, "stray.pid"),
        ]);
        Assert.Contains("QMP", await qemu.StandardOutput.ReadLineAsync());
        return qemu;
    }

    private static Process Start(string name, string[] args, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, name))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (var arg in args)
            start.ArgumentList.Add(arg);
        foreach (var (variable, value) in environment)
            start.Environment[variable] = value;
        return Process.Start(start)!;
    }

    private sealed record Examined(int Exit, Dictionary<string, JsonElement> Checks, string Errors);
}
