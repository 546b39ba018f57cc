using System.Text.Json;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Json;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Supervisor.Cli.Tests;

public sealed class OperationTests : IAsyncLifetime
{
    private readonly TempDirectory directory = new();
    private FakeDaemon daemon = null!;

    public async ValueTask InitializeAsync() => daemon = await FakeDaemon.StartAsync(directory);

    public async ValueTask DisposeAsync()
    {
        await daemon.DisposeAsync();
        directory.Dispose();
    }

    [Theory]
    [InlineData("POST /v1/vms/web-1/start", """{"paused":false,"discardSaved":false}""", "started", "start", "web-1")]
    [InlineData("POST /v1/vms/104/start", """{"paused":true,"discardSaved":false}""", "started, paused", "start", "104", "--paused")]
    [InlineData("POST /v1/vms/104/start", """{"paused":false,"discardSaved":true}""", "started", "start", "104", "--discard-saved")]
    [InlineData(
        "POST /v1/vms/web-1/backup", """{"directory":"/b","mode":"stop","format":"raw","bytesPerSecond":1048576}""", "backed up to /b",
        "backup", "web-1", "/b", "--mode", "stop", "--format", "raw", "--bandwidth", "1MiB")]
    [InlineData("POST /v1/vms/web-1/suspend-to-disk", "{}", "suspended to disk", "suspend-to-disk", "web-1")]
    [InlineData("POST /v1/vms/web-1/stop", """{"keepActive":false}""", "stopped", "stop", "web-1")]
    [InlineData("POST /v1/vms/web-1/stop", """{"keepActive":true}""", "stopped", "stop", "web-1", "--keep-active")]
    [InlineData("POST /v1/vms/web-1/shutdown", """{"timeout":null,"forceAfter":null,"keepActive":false}""", "shut down", "shutdown", "web-1")]
    [InlineData(
        "POST /v1/vms/web-1/shutdown", """{"timeout":"120s","forceAfter":"500ms","keepActive":true}""", "shut down",
        "shutdown", "web-1", "--timeout", "2m", "--force-after", "500ms", "--keep-active")]
    [InlineData("POST /v1/vms/web-1/reboot", """{"timeout":null,"forceAfter":"30s"}""", "rebooted", "reboot", "web-1", "--force-after", "30s")]
    [InlineData("POST /v1/operations/op-0/cancel", "", "cancelled", "cancel", "op-0")]
    [InlineData("POST /v1/vms/web-1/reset", "{}", "reset", "reset", "web-1")]
    [InlineData("POST /v1/vms/web-1/pause", "{}", "paused", "pause", "web-1")]
    [InlineData("POST /v1/vms/web-1/resume", "{}", "resumed", "resume", "web-1")]
    [InlineData("DELETE /v1/vms/web-1", "", "undefined", "undefine", "web-1")]
    public async Task A_command_is_one_request_that_waits_for_the_end(string request, string body, string told, params string[] args)
    {
        daemon.On($"{request}?wait=30s", Samples.Operation(OperationStatus.Succeeded));
        Assert.Equal(new Printed(0, $"vm 104: {told}\n", ""), await RunAsync([.. args, "--operation", "op-1"]));
        Assert.Equal([new Asked($"{request}?wait=30s", "op-1", null, body)], daemon.Requests);
    }

    [Fact]
    public async Task An_undefine_by_force_waits_too()
    {
        const string request = "DELETE /v1/vms/web-1?force=true&wait=30s";
        daemon.On(request, Samples.Operation(OperationStatus.Succeeded));
        Assert.Equal("vm 104: undefined\n", (await RunAsync("undefine", "web-1", "--force")).Out);
    }

    [Fact]
    public async Task A_wrong_operation_id_is_told_before_anybody_is_asked()
    {
        var printed = await RunAsync("cancel", "a b");
        Assert.Equal((2, "vmsup: OPERATION: found 'a b', allowed: 1 to 64 letters, digits and . _ : -\n"), (printed.Code, printed.Error));
        Assert.Empty(daemon.Requests);
    }

    [Fact]
    public async Task A_node_s_shutdown_tells_how_each_vm_ended_and_fails_if_one_did_not()
    {
        daemon.On("POST /v1/node/shutdown?timeout=120s", new[] { Samples.Operation(OperationStatus.Succeeded), Samples.Operation(OperationStatus.Succeeded, note: "by force") });
        Assert.Equal(new Printed(0, "vm 104: shut down\nvm 104: by force\n", ""), await RunAsync("node", "shutdown", "--timeout", "2m"));

        daemon.On("POST /v1/node/shutdown?timeout=300s", new[] { Samples.Operation(OperationStatus.Failed) });
        var failed = await RunAsync("node", "shutdown");
        Assert.Equal((1, "vmsup: 1 of 1 VMs could not be ended\n"), (failed.Code, failed.Error));
    }

    [Fact]
    public async Task A_group_of_commands_names_those_that_it_has()
    {
        var printed = await RunAsync("node");
        Assert.Equal(2, printed.Code);
        Assert.StartsWith("vmsup node: a command is missing, one of list, show, ping, init-ca, issue, history, shutdown\n", printed.Error);
        Assert.Contains("did you mean shutdown?", (await RunAsync("node", "shutdwn")).Error);
    }

    [Fact]
    public async Task What_the_daemon_notes_is_told_instead()
    {
        daemon.On("POST /v1/vms/web-1/start?wait=30s", Samples.Operation(OperationStatus.Succeeded, note: "already running"));
        Assert.Equal("vm 104: already running\n", (await RunAsync("start", "web-1")).Out);
        Assert.True(OperationId.TryParse(Assert.Single(daemon.Requests).Operation, out _));
    }

    [Fact]
    public async Task Two_requests_have_two_names()
    {
        daemon.On("POST /v1/vms/web-1/reset?wait=30s", Samples.Operation(OperationStatus.Succeeded));
        await RunAsync("reset", "web-1");
        await RunAsync("reset", "web-1");
        Assert.Equal(2, daemon.Requests.Select(asked => asked.Operation).Distinct().Count());
    }

    [Fact]
    public async Task A_long_operation_is_asked_for_until_it_ends()
    {
        daemon
            .On("POST /v1/vms/web-1/start?wait=30s", Samples.Operation(OperationStatus.Running), 202)
            .On("GET /v1/operations/op-1?wait=30s", Samples.Operation(OperationStatus.Running))
            .On("GET /v1/operations/op-1?wait=30s", Samples.Operation(OperationStatus.Succeeded));
        Assert.Equal(new Printed(0, "vm 104: started\n", ""), await RunAsync("start", "web-1"));
        Assert.Equal(3, daemon.Requests.Count);
    }

    [Fact]
    public async Task No_wait_prints_the_operations_id_and_asks_no_more()
    {
        var running = Samples.Operation(OperationStatus.Running);
        daemon.On("POST /v1/vms/web-1/start", running, 202);
        Assert.Equal(new Printed(0, "op-1\n", ""), await RunAsync("start", "web-1", "--no-wait"));
        Assert.Equal(new Printed(0, Json(running) + "\n", ""), await RunAsync("start", "web-1", "--no-wait", "-o", "json"));
    }

    [Fact]
    public async Task Json_is_the_operation_also_when_it_failed_and_the_reason_is_on_stderr()
    {
        var failed = Samples.Operation(OperationStatus.Failed, problem: new(ProblemKind.Failed, "vm 104: start failed: no such image /a"));
        daemon.On("POST /v1/vms/web-1/start?wait=30s", failed.Problem!.Kind, failed.Problem.Detail, failed);
        Assert.Equal(new Printed(1, Json(failed) + "\n", "vmsup: vm 104: start failed: no such image /a\n"), await RunAsync("start", "web-1", "-o", "json"));
    }

    [Theory]
    [InlineData(OperationStatus.Failed, ProblemKind.TimedOut, 6)]
    [InlineData(OperationStatus.Refused, ProblemKind.Conflict, 4)]
    public async Task An_operation_that_ends_badly_after_a_while_has_the_exit_code_of_its_problem(OperationStatus status, ProblemKind kind, int code)
    {
        daemon
            .On("POST /v1/vms/web-1/shutdown?wait=30s", Samples.Operation(OperationStatus.Running), 202)
            .On("GET /v1/operations/op-1?wait=30s", Samples.Operation(status, problem: new(kind, "vm 104: because")));
        Assert.Equal(new Printed(code, "", "vmsup: vm 104: because\n"), await RunAsync("shutdown", "web-1"));
    }

    [Theory]
    [InlineData(OperationStatus.Superseded, 4)]
    [InlineData(OperationStatus.Cancelled, 1)]
    public async Task An_operation_that_another_one_ended_is_not_a_success(OperationStatus status, int code)
    {
        daemon.On("POST /v1/vms/web-1/start?wait=30s", Samples.Operation(status));
        var printed = await RunAsync("start", "web-1");
        Assert.Equal((code, $"vmsup: vm 104: start was {status.ToString().ToLowerInvariant()}\n"), (printed.Code, printed.Error));
    }

    [Fact]
    public async Task A_terminal_sees_the_state_while_it_waits()
    {
        var seen = new TaskCompletionSource();
        daemon
            .On("POST /v1/vms/web-1/start?wait=30s", async context =>
            {
                await seen.Task;
                await FakeDaemon.WriteAsync(context, 200, "application/json", Json(Samples.Operation(OperationStatus.Succeeded)));
            })
            .On("GET /v1/vms/web-1", Samples.Running with { State = "Starting", Guest = "prelaunch" })
            .On("GET /v1/node", async context =>
            {
                // Asked for after the first view has been shown.
                seen.TrySetResult();
                await FakeDaemon.WriteAsync(context, 503, "text/plain", "");
            });
        var printed = await new Prompt(daemon.Socket) { IsTerminal = true }.RunAsync("start", "web-1");
        Assert.Equal((0, "vm 104: started\n"), (printed.Code, printed.Out));
        Assert.Contains(daemon.Requests, asked => asked.Request == "GET /v1/vms/web-1");
        Assert.Contains("start", printed.Error);
    }

    [Fact]
    public async Task Wait_takes_a_state_in_any_case_and_tells_what_it_found()
    {
        daemon
            .On("GET /v1/vms/web-1/wait?state=CleanedUp&timeout=120s", Samples.Down)
            .On("GET /v1/vms/web-1/wait?state=Running&timeout=30s", ProblemKind.TimedOut, "vm 104: still Starting after 30 s")
            .On("GET /v1/vms/web-1/wait?state=undefined&timeout=30s", ProblemKind.NotFound, "vm web-1: there is no such VM")
            .On("GET /v1/vms/7/wait?state=undefined&timeout=1s", context =>
            {
                context.Response.StatusCode = 204;
                return Task.CompletedTask;
            });
        Assert.Equal(new Printed(0, "vm 7: CleanedUp\n", ""), await RunAsync("wait", "web-1", "cleanedup", "--timeout", "2m"));
        Assert.Equal(new Printed(6, "", "vmsup: vm 104: still Starting after 30 s\n"), await RunAsync("wait", "web-1", "RUNNING"));
        Assert.Equal(new Printed(0, "vm web-1: undefined\n", ""), await RunAsync("wait", "web-1", "Undefined"));
        Assert.Equal(new Printed(0, "null\n", ""), await RunAsync("wait", "web-1", "undefined", "-o", "json"));
        Assert.Equal(new Printed(0, "vm 7: undefined\n", ""), await RunAsync("wait", "7", "undefined", "--timeout", "1s"));
        Assert.All(daemon.Requests, asked => Assert.Null(asked.Operation));
    }

    [Fact]
    public void The_headers_and_states_both_sides_agree_on_have_their_names() =>
        Assert.Equal(("Idempotency-Key", "Last-Event-ID", 4), (Api.IdempotencyKey, Api.LastEventId, Api.States.Count));

    private static string Json(OperationView operation) => JsonSerializer.Serialize(operation, ContractsJson.Options);

    private Task<Printed> RunAsync(params string[] args) => new Prompt(daemon.Socket).RunAsync(args);
}
