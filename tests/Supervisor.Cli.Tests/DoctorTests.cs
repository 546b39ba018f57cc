using System.Text.Json;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Supervisor.Cli.Tests;

public sealed class DoctorTests : IAsyncLifetime
{
    private static readonly DoctorCheck Good = new("qemu", DoctorStatus.Ok, "/usr/bin/qemu: version 7.2", null);
    private static readonly DoctorCheck Poor = new("kvm", DoctorStatus.Warning, "guests are emulated", "load kvm_intel");
    private static readonly DoctorCheck Bad = new("processes", DoctorStatus.Failed, "process 7 is nobody's", "look at it: ps -fp 7");

    private readonly TempDirectory directory = new();
    private FakeDaemon daemon = null!;

    public async ValueTask InitializeAsync() => daemon = await FakeDaemon.StartAsync(directory);

    public async ValueTask DisposeAsync()
    {
        await daemon.DisposeAsync();
        directory.Dispose();
    }

    [Fact]
    public async Task A_warning_is_shown_with_its_remedy_and_is_no_failure()
    {
        daemon.On("GET /v1/node/doctor", new[] { Good, Poor });
        Assert.Equal(
            new Printed(
                0,
                """
                CHECK  STATUS   FOUND
                qemu   ok       /usr/bin/qemu: version 7.2
                kvm    warning  guests are emulated

                What to do:
                kvm  load kvm_intel

                """,
                ""),
            await RunAsync());
    }

    [Fact]
    public async Task A_failed_check_ends_with_1_and_is_named()
    {
        daemon.On("GET /v1/node/doctor", new[] { Good, Poor, Bad });
        var printed = await RunAsync();
        Assert.Equal((1, "vmsup: 1 of 3 checks failed: processes\n"), (printed.Code, printed.Error));
        Assert.EndsWith("What to do:\nkvm        load kvm_intel\nprocesses  look at it: ps -fp 7\n", printed.Out);
    }

    [Fact]
    public async Task Json_is_one_array_whatever_was_found()
    {
        daemon.On("GET /v1/node/doctor", new[] { Good, Bad });
        var printed = await RunAsync("-o", "json");
        Assert.Equal(1, printed.Code);
        Assert.Equal(
            """[{"check":"qemu","status":"ok","found":"/usr/bin/qemu: version 7.2","remedy":null},"""
            + """{"check":"processes","status":"failed","found":"process 7 is nobody's","remedy":"look at it: ps -fp 7"}]""" + "\n",
            printed.Out);
    }

    [Fact]
    public async Task Without_a_daemon_it_says_so_and_tells_what_can_be_told()
    {
        var none = directory.File("none.sock");
        var text = await new Prompt(none).RunAsync("doctor");
        Assert.Equal((5, $"vmsup: no daemon at {none}: the socket does not exist (start vmsupd, or tell --socket PATH)\n"), (text.Code, text.Error));
        Assert.Contains($"failed   no daemon at {none}", text.Out.Replace("failed  ", "failed   "));
        Assert.Contains("start it (vmsupd, or systemctl start vmsupd)", text.Out);

        var json = await new Prompt(none) { Environment = { ["PATH"] = directory.Path } }.RunAsync("doctor", "-o", "json");
        Assert.Equal(5, json.Code);
        var checks = JsonDocument.Parse(json.Out).RootElement.EnumerateArray().ToDictionary(c => c.GetProperty("check").GetString()!);
        Assert.Equal(["daemon", "qemu", "kvm", "bridges"], checks.Keys);
        Assert.Equal("warning", checks["qemu"].GetProperty("status").GetString());
        Assert.StartsWith("install it", checks["qemu"].GetProperty("remedy").GetString());
    }

    [Fact]
    public async Task A_node_that_has_no_doctor_says_so()
    {
        daemon.On("GET /v1/node/doctor", ProblemKind.NotFound, "this node cannot examine itself");
        Assert.Equal(new Printed(3, "", "vmsup: this node cannot examine itself\n"), await RunAsync());
    }

    private Task<Printed> RunAsync(params string[] args) => new Prompt(daemon.Socket).RunAsync(["doctor", .. args]);
}
