using VmSupervisor.Supervisor.AspNetCore.Tests.Support;

namespace VmSupervisor.Supervisor.AspNetCore.Tests;

public sealed class WaitTests
{
    [Theory]
    [InlineData("Running")]
    [InlineData("running")]
    public async Task It_answers_with_the_view_when_the_vm_is_in_the_state(string state)
    {
        await using var host = await HostAsync("Starting");

        var answer = host.SendAsync("GET", $"/v1/vms/web-1/wait?state={state}&timeout=60s");
        await host.Supervisor.WaitBegan;
        host.Supervisor.Show(FakeSupervisor.View(104, "web-1", "Running"));

        var (status, view, _) = await answer;
        Assert.Equal(200, status);
        Assert.Equal("Running", view.GetProperty("state").GetString());
    }

    [Fact]
    public async Task It_answers_504_with_the_state_it_is_in_when_the_time_is_over()
    {
        await using var host = await HostAsync("Starting");

        var (status, problem, _) = await host.SendAsync("GET", "/v1/vms/104/wait?state=Running&timeout=20ms");

        Assert.Equal(504, status);
        Assert.Equal("timed-out", problem.GetProperty("kind").GetString());
        Assert.Equal("vm 104 is not Running after 20ms, it is Starting", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Undefined_is_a_state_to_wait_for()
    {
        await using var host = await HostAsync("CleanedUp");

        var answer = host.SendAsync("GET", "/v1/vms/web-1/wait?state=undefined&timeout=60s");
        await host.Supervisor.WaitBegan;
        host.Supervisor.Show();

        Assert.Equal(204, (await answer).Status);
        Assert.Equal(204, (await host.SendAsync("GET", "/v1/vms/web-1/wait?state=undefined")).Status);
    }

    [Fact]
    public async Task A_vm_that_is_undefined_meanwhile_is_not_found()
    {
        await using var host = await HostAsync("CleanedUp");

        var answer = host.SendAsync("GET", "/v1/vms/web-1/wait?state=Running&timeout=60s");
        await host.Supervisor.WaitBegan;
        host.Supervisor.Show();

        Assert.Equal(404, (await answer).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?state=Flying")]
    [InlineData("?state=Running&timeout=30")]
    public async Task A_wrong_state_or_timeout_is_answered_with_400(string query)
    {
        await using var host = await HostAsync("CleanedUp");

        Assert.Equal(400, (await host.SendAsync("GET", "/v1/vms/104/wait" + query)).Status);
    }

    [Fact]
    public async Task A_host_that_stops_answers_503()
    {
        await using var host = await HostAsync("CleanedUp");

        var answer = host.SendAsync("GET", "/v1/vms/104/wait?state=Running&timeout=1h");
        await host.Supervisor.WaitBegan;
        await host.StopAsync();

        Assert.Equal(503, (await answer).Status);
    }

    private static async Task<SupervisorHost> HostAsync(string state)
    {
        var host = await SupervisorHost.StartAsync();
        host.Supervisor.Show(FakeSupervisor.View(104, "web-1", state));
        return host;
    }
}
