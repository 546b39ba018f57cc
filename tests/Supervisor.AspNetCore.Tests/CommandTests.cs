using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Supervisor.AspNetCore.Tests.Support;

namespace VmSupervisor.Supervisor.AspNetCore.Tests;

public sealed class CommandTests
{
    public static TheoryData<string, string?, VmCommand> Commands => new()
    {
        { "start", null, new VmCommand.Start() },
        { "start", "{}", new VmCommand.Start() },
        { "start", """{"paused":true}""", new VmCommand.Start(Paused: true) },
        { "stop", """{"keepActive":true}""", new VmCommand.Stop(KeepActive: true) },
        { "shutdown", null, new VmCommand.Shutdown() },
        {
            "shutdown", """{"timeout":"30s","forceAfter":"10s","keepActive":true}""",
            new VmCommand.Shutdown(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(10), true)
        },
        { "reboot", """{"forceAfter":"10s"}""", new VmCommand.Reboot(ForceAfter: TimeSpan.FromSeconds(10)) },
        {
            "backup", """{"directory":"/b","mode":"stop","format":"raw","bytesPerSecond":1000}""",
            new VmCommand.Backup("/b", BackupMode.Stop, DiskFormat.Raw, 1000)
        },
        { "suspend-to-disk", null, new VmCommand.SuspendToDisk() },
        { "start", """{"discardSaved":true}""", new VmCommand.Start(DiscardSaved: true) },
        { "reset", null, new VmCommand.Reset() },
        { "pause", null, new VmCommand.Pause() },
        { "resume", "{}", new VmCommand.Resume() },
    };

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_command_is_posted_with_its_own_fields_as_the_body(string name, string? body, VmCommand expected)
    {
        await using var host = await HostAsync();

        var (status, operation, response) = await host.SendAsync("POST", $"/v1/vms/web-1/{name}", body, key: "op-1");

        Assert.Equal(202, status);
        Assert.Equal("/v1/operations/op-1", response.Headers.Location!.OriginalString);
        Assert.Equal("running", operation.GetProperty("status").GetString());
        var submitted = Assert.Single(host.Supervisor.Submitted);
        Assert.Equal((new VmId(104), expected, OperationId.Parse("op-1")), (submitted.Vm, submitted.Command, submitted.Operation));
        Assert.Matches($@"^uid \d+ \(.+\), pid {Environment.ProcessId}$", submitted.Caller.Name);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("?force=false", false)]
    [InlineData("?force=true", true)]
    public async Task An_undefine_may_be_forced(string query, bool force)
    {
        await using var host = await HostAsync();

        await host.SendAsync("DELETE", "/v1/vms/104" + query);

        Assert.Equal(new VmCommand.Undefine(force), Assert.Single(host.Supervisor.Submitted).Command);
    }

    [Fact]
    public async Task To_cancel_is_an_operation_of_the_same_vm()
    {
        await using var host = await HostAsync();
        await host.SendAsync("POST", "/v1/vms/104/start", key: "the-start");

        var (status, operation, _) = await host.SendAsync("POST", "/v1/operations/the-start/cancel", key: "op-2");

        Assert.Equal((202, "cancel"), (status, operation.GetProperty("kind").GetString()));
        var submitted = host.Supervisor.Submitted.Last();
        Assert.Equal((new VmId(104), (VmCommand)new VmCommand.Cancel(OperationId.Parse("the-start"))), (submitted.Vm, submitted.Command));
        Assert.Equal(404, (await host.SendAsync("POST", "/v1/operations/nobodys/cancel")).Status);
    }

    [Fact]
    public async Task A_node_is_shut_down_within_the_time_it_is_given()
    {
        await using var host = await HostAsync();
        var limits = new List<TimeSpan>();
        host.Supervisor.ShutDown = limit =>
        {
            limits.Add(limit);
            return [];
        };

        await host.SendAsync("POST", "/v1/node/shutdown");
        await host.SendAsync("POST", "/v1/node/shutdown?timeout=90s");

        Assert.Equal([TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(90)], limits);
    }

    [Theory]
    [InlineData("start", """{"pause":true}""")]
    [InlineData("start", """{"paused":"yes"}""")]
    [InlineData("start", """{"paused":true,"paused":false}""")]
    [InlineData("start", "[]")]
    [InlineData("start", "null")]
    [InlineData("start", "{")]
    [InlineData("stop", """{"timeout":"30s"}""")]
    [InlineData("backup", null)]
    [InlineData("backup", """{"directory":"/b","mode":"cold"}""")]
    [InlineData("shutdown", """{"timeout":30}""")]
    [InlineData("shutdown", """{"timeout":"-1s"}""")]
    [InlineData("reset", """{"hard":true}""")]
    public async Task A_body_that_is_wrong_is_answered_with_400_and_nothing_is_submitted(string name, string? body)
    {
        await using var host = await HostAsync();

        var (status, problem, _) = await host.SendAsync("POST", $"/v1/vms/104/{name}", body);

        Assert.Equal(400, status);
        Assert.Equal("invalid", problem.GetProperty("kind").GetString());
        Assert.Empty(host.Supervisor.Submitted);
    }

    [Theory]
    [InlineData("/v1/vms/104/start?wait=soon", null)]
    [InlineData("/v1/vms/104/start?wait=30", null)]
    [InlineData("/v1/vms/104/start?wait=25h", null)]
    [InlineData("/v1/vms/104/start?wait=1s&wait=2s", null)]
    [InlineData("/v1/vms/104/start", "not an id")]
    [InlineData("/v1/vms/104/start", "")]
    public async Task A_wrong_wait_or_key_is_answered_with_400_and_nothing_is_submitted(string path, string? key)
    {
        await using var host = await HostAsync();

        var (status, _, _) = await host.SendAsync("POST", path, null, key);

        Assert.Equal(400, status);
        Assert.Empty(host.Supervisor.Submitted);
    }

    [Fact]
    public async Task Without_a_key_every_request_is_an_operation_of_its_own()
    {
        await using var host = await HostAsync();

        await host.SendAsync("POST", "/v1/vms/104/start");
        await host.SendAsync("POST", "/v1/vms/104/start");

        var ids = host.Supervisor.Submitted.Select(submitted => submitted.Operation.Value).ToList();
        Assert.Equal(2, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Equal(7, Guid.Parse(id).Version));
    }

    [Fact]
    public async Task With_wait_it_answers_when_the_operation_has_ended()
    {
        await using var host = await HostAsync();

        var answer = host.SendAsync("POST", "/v1/vms/104/start?wait=60s", key: "op-1");
        await host.Supervisor.WaitBegan;
        host.Supervisor.End(OperationId.Parse("op-1"), OperationStatus.Succeeded);

        var (status, operation, _) = await answer;
        Assert.Equal(200, status);
        Assert.Equal("succeeded", operation.GetProperty("status").GetString());
    }

    [Fact]
    public async Task With_wait_it_answers_202_when_the_time_is_over()
    {
        await using var host = await HostAsync();

        var (status, operation, response) = await host.SendAsync("POST", "/v1/vms/104/start?wait=20ms", key: "op-1");

        Assert.Equal(202, status);
        Assert.Equal("running", operation.GetProperty("status").GetString());
        Assert.Equal("/v1/operations/op-1", response.Headers.Location!.OriginalString);
    }

    [Theory]
    [InlineData(OperationStatus.Failed, ProblemKind.Failed, 422, "failed")]
    [InlineData(OperationStatus.Failed, ProblemKind.TimedOut, 504, "timed-out")]
    [InlineData(OperationStatus.Refused, ProblemKind.Conflict, 409, "conflict")]
    [InlineData(OperationStatus.Refused, ProblemKind.NotFound, 404, "not-found")]
    [InlineData(OperationStatus.Refused, ProblemKind.Invalid, 400, "invalid")]
    [InlineData(OperationStatus.Refused, ProblemKind.Unavailable, 503, "unavailable")]
    [InlineData(OperationStatus.Refused, ProblemKind.Failed, 409, "conflict")]
    [InlineData(OperationStatus.Superseded, null, 409, "conflict")]
    [InlineData(OperationStatus.Cancelled, null, 409, "conflict")]
    [InlineData(OperationStatus.Failed, null, 422, "failed")]
    public async Task An_operation_that_did_not_succeed_is_a_problem_that_carries_it(OperationStatus status, ProblemKind? kind, int http, string name)
    {
        await using var host = await HostAsync();
        host.Supervisor.Outcome = running => running with { Status = status, Problem = kind is { } known ? new Problem(known, "vm 104: because") : null };

        var (answered, problem, _) = await host.SendAsync("POST", "/v1/vms/104/start", key: "op-1");

        Assert.Equal(http, answered);
        Assert.Equal(name, problem.GetProperty("kind").GetString());
        Assert.Equal("op-1", problem.GetProperty("operation").GetProperty("id").GetString());
        Assert.Contains("vm 104", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_name_that_nobody_has_is_404_but_a_number_is_the_supervisors_to_judge()
    {
        await using var host = await HostAsync();

        Assert.Equal(404, (await host.SendAsync("POST", "/v1/vms/nobody/start")).Status);
        Assert.Equal(202, (await host.SendAsync("POST", "/v1/vms/999/start")).Status);
        Assert.Equal(new VmId(999), Assert.Single(host.Supervisor.Submitted).Vm);
    }

    [Fact]
    public async Task Undefining_by_name_can_be_asked_again_when_the_vm_is_gone()
    {
        await using var host = await HostAsync();
        host.Supervisor.Outcome = running => running with { Status = OperationStatus.Succeeded };

        Assert.Equal(200, (await host.SendAsync("DELETE", "/v1/vms/web-1", key: "op-1")).Status);
        host.Supervisor.Show();

        Assert.Equal(200, (await host.SendAsync("DELETE", "/v1/vms/web-1", key: "op-1")).Status);
        Assert.Equal(404, (await host.SendAsync("DELETE", "/v1/vms/web-1", key: "op-2")).Status);
        Assert.All(host.Supervisor.Submitted, submitted => Assert.Equal((new VmId(104), new VmCommand.Undefine()), (submitted.Vm, submitted.Command)));
    }

    [Fact]
    public async Task A_client_that_goes_away_ends_its_wait_and_not_the_operation()
    {
        await using var host = await HostAsync();
        using var client = host.NewClient();
        using var gone = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/vms/104/start?wait=1h");
        request.Headers.Add("Idempotency-Key", "op-1");

        var answer = client.SendAsync(request, gone.Token);
        await host.Supervisor.WaitBegan;
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        await host.Supervisor.WaitCancelled;
        var (_, operation, _) = await host.SendAsync("GET", "/v1/operations/op-1");
        Assert.Equal("running", operation.GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_host_that_stops_answers_whoever_waits_with_202()
    {
        await using var host = await HostAsync();

        var answer = host.SendAsync("POST", "/v1/vms/104/start?wait=1h", key: "op-1");
        await host.Supervisor.WaitBegan;
        await host.StopAsync();

        Assert.Equal(202, (await answer).Status);
    }

    private static async Task<SupervisorHost> HostAsync()
    {
        var host = await SupervisorHost.StartAsync();
        host.Supervisor.Show(FakeSupervisor.View(104, "web-1", "CleanedUp"));
        return host;
    }
}
