using VmSupervisor.Supervisor.AspNetCore.Tests.Support;

namespace VmSupervisor.Supervisor.AspNetCore.Tests;

public sealed class RouteTests
{
    [Theory]
    [InlineData("GET", "/v1")]
    [InlineData("GET", "/v1/")]
    [InlineData("GET", "/v1/volumes")]
    [InlineData("POST", "/v1/vms/104/explode")]
    [InlineData("GET", "/v1/vms/104/start/now")]
    public async Task An_unknown_address_is_answered_with_a_document(string method, string path)
    {
        await using var host = await SupervisorHost.StartAsync();

        var (status, problem, response) = await host.SendAsync(method, path);

        Assert.Equal(404, status);
        Assert.Equal("not-found", problem.GetProperty("kind").GetString());
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("POST", "/v1/vms", "GET")]
    [InlineData("PATCH", "/v1/vms/104", "GET, PUT, DELETE")]
    [InlineData("GET", "/v1/vms/104/start", "POST")]
    [InlineData("POST", "/v1/vms/104/wait", "GET")]
    [InlineData("DELETE", "/v1/operations/op-1", "GET")]
    [InlineData("POST", "/v1/events", "GET")]
    [InlineData("POST", "/v1/node/doctor", "GET")]
    [InlineData("POST", "/healthz", "GET")]
    public async Task A_wrong_method_is_answered_with_405_and_what_is_allowed(string method, string path, string allowed)
    {
        await using var host = await SupervisorHost.StartAsync();

        var (status, problem, response) = await host.SendAsync(method, path);

        Assert.Equal(405, status);
        Assert.Equal("invalid", problem.GetProperty("kind").GetString());
        Assert.Equal(405, problem.GetProperty("status").GetInt32());
        Assert.Equal(allowed, string.Join(", ", response.Content.Headers.Allow));
    }
}
