using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Supervisor.AspNetCore.Tests.Support;

namespace VmSupervisor.Supervisor.AspNetCore.Tests;

public sealed class OperationTests
{
    [Fact]
    public async Task Operations_under_way_are_listed()
    {
        await using var host = await SupervisorHost.StartAsync();
        Assert.Equal("[]", (await host.SendAsync("GET", "/v1/operations")).Body.GetRawText());

        await host.SendAsync("POST", "/v1/vms/104/start", key: "op-1");

        var (_, body, _) = await host.SendAsync("GET", "/v1/operations");
        Assert.Equal("op-1", Assert.Single(body.EnumerateArray()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task An_operation_that_failed_is_still_a_good_answer_to_the_question_about_it()
    {
        await using var host = await SupervisorHost.StartAsync();
        await host.SendAsync("POST", "/v1/vms/104/start", key: "op-1");

        var answer = host.SendAsync("GET", "/v1/operations/op-1?wait=60s");
        await host.Supervisor.WaitBegan;
        host.Supervisor.End(OperationId.Parse("op-1"), OperationStatus.Failed, new Problem(ProblemKind.Failed, "vm 104: no"));

        var (status, operation, _) = await answer;
        Assert.Equal(200, status);
        Assert.Equal("failed", operation.GetProperty("status").GetString());
        Assert.Equal("vm 104: no", operation.GetProperty("problem").GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Waiting_for_an_operation_ends_with_what_is_known_when_the_time_is_over()
    {
        await using var host = await SupervisorHost.StartAsync();
        await host.SendAsync("POST", "/v1/vms/104/start", key: "op-1");

        var (status, operation, _) = await host.SendAsync("GET", "/v1/operations/op-1?wait=20ms");

        Assert.Equal(200, status);
        Assert.Equal("running", operation.GetProperty("status").GetString());
    }
}
