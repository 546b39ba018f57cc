using VmSupervisor.Actors.Persistence.Batching;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Supervisor.AspNetCore.Tests.Support;

namespace VmSupervisor.Supervisor.AspNetCore.Tests;

public sealed class ReadTests
{
    [Fact]
    public async Task A_node_without_vms_lists_an_empty_array()
    {
        await using var host = await SupervisorHost.StartAsync();

        var (status, body, response) = await host.SendAsync("GET", "/v1/vms");

        Assert.Equal(200, status);
        Assert.Equal("[]", body.GetRawText());
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task A_view_has_the_fixed_field_names_and_null_where_there_is_nothing()
    {
        await using var host = await SupervisorHost.StartAsync();
        host.Supervisor.Show(FakeSupervisor.View(104, "web-1", "CleanedUp"));

        var (_, body, _) = await host.SendAsync("GET", "/v1/vms");

        var view = body[0];
        Assert.Equal(104, view.GetProperty("id").GetInt32());
        Assert.Equal("CleanedUp", view.GetProperty("state").GetString());
        Assert.Equal(3, view.GetProperty("incarnation").GetInt64());
        Assert.Equal("null", view.GetProperty("pid").GetRawText());
        const string fixedNames = "id name node state incarnation guest pid cause since operation activity restarts volumes problems detail machine home pending networks version";
        Assert.Equal(fixedNames, string.Join(' ', view.EnumerateObject().Select(property => property.Name)));
    }

    [Theory]
    [InlineData("/v1/vms/104")]
    [InlineData("/v1/vms/web-1")]
    public async Task A_vm_is_found_by_number_and_by_name(string path)
    {
        await using var host = await SupervisorHost.StartAsync();
        host.Supervisor.Show(FakeSupervisor.View(104, "web-1", "Running"));

        var (status, body, _) = await host.SendAsync("GET", path);

        Assert.Equal(200, status);
        Assert.Equal(4711, body.GetProperty("pid").GetInt32());
    }

    [Theory]
    [InlineData("/v1/vms/105")]
    [InlineData("/v1/vms/nobody")]
    [InlineData("/v1/vms/nobody/definition")]
    [InlineData("/v1/vms/nobody/history")]
    [InlineData("/v1/vms/105/history")]
    [InlineData("/v1/vms/105/wait?state=Running")]
    [InlineData("/v1/operations/unknown")]
    [InlineData("/v1/operations/unknown?wait=30s")]
    [InlineData("/v1/operations/not%20an%20id")]
    public async Task What_is_not_there_is_answered_with_404(string path)
    {
        await using var host = await SupervisorHost.StartAsync();

        var (status, body, response) = await host.SendAsync("GET", path);

        Assert.Equal(404, status);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("not-found", body.GetProperty("kind").GetString());
        Assert.Equal("urn:vmsup:problem:not-found", body.GetProperty("type").GetString());
        Assert.Equal(404, body.GetProperty("status").GetInt32());
        Assert.NotEmpty(body.GetProperty("title").GetString()!);
        Assert.NotEmpty(body.GetProperty("detail").GetString()!);
    }

    [Fact]
    public async Task A_definition_is_answered_in_the_form_in_which_it_is_put()
    {
        await using var host = await SupervisorHost.StartAsync();
        host.Supervisor.Show(FakeSupervisor.View(104, "web-1", "CleanedUp"));
        host.Supervisor.Definitions[new(104)] = new VmDefinition { Id = new(104), Name = "web-1", Memory = 512L << 20 };

        var (status, body, _) = await host.SendAsync("GET", "/v1/vms/web-1/definition");

        Assert.Equal(200, status);
        Assert.Equal(host.Supervisor.Definitions[new(104)], DefinitionReader.Read(body).Definition);
    }

    [Fact]
    public async Task The_history_of_a_vm_that_is_not_defined_any_more_is_found_by_its_number()
    {
        await using var host = await SupervisorHost.StartAsync();
        host.Supervisor.Histories[new(104)] =
        [
            new HistoryEntry(7, FakeSupervisor.Noon, new(3), "undefined", null, null, "supervisor", new Dictionary<string, string> { ["note"] = "x" }),
        ];

        var (status, body, _) = await host.SendAsync("GET", "/v1/vms/104/history");

        Assert.Equal(200, status);
        Assert.Equal(7, body[0].GetProperty("version").GetInt64());
        Assert.Equal("x", body[0].GetProperty("data").GetProperty("note").GetString());
    }

    [Fact]
    public async Task The_node_tells_its_name()
    {
        await using var host = await SupervisorHost.StartAsync();

        var (_, body, _) = await host.SendAsync("GET", "/v1/node");

        Assert.Equal("a", body.GetProperty("name").GetString());
        Assert.True(body.GetProperty("ready").GetBoolean());
    }

    [Fact]
    public async Task Ready_only_when_all_vms_are_recovered()
    {
        await using var host = await SupervisorHost.StartAsync();

        Assert.Equal(200, (await host.SendAsync("GET", "/healthz")).Status);
        Assert.Equal(200, (await host.SendAsync("GET", "/readyz")).Status);
        host.Supervisor.Node = host.Supervisor.Node with { Ready = false };
        Assert.Equal(200, (await host.SendAsync("GET", "/healthz")).Status);
        Assert.Equal(503, (await host.SendAsync("GET", "/readyz")).Status);
    }

    [Fact]
    public async Task A_journal_that_cannot_be_read_is_answered_with_503()
    {
        await using var host = await SupervisorHost.StartAsync();
        host.Supervisor.Fault = new JournalException("disk I/O error", null);

        var (status, body, _) = await host.SendAsync("GET", "/v1/vms");

        Assert.Equal(503, status);
        Assert.Equal("unavailable", body.GetProperty("kind").GetString());
        Assert.Contains("disk I/O error", body.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task An_unexpected_error_is_a_problem_too_and_not_a_stack_trace()
    {
        await using var host = await SupervisorHost.StartAsync();
        host.Supervisor.Fault = new InvalidOperationException("the moon is full");

        var (status, body, _) = await host.SendAsync("GET", "/v1/vms");

        Assert.Equal(500, status);
        Assert.Contains("the moon is full", body.GetProperty("detail").GetString());
        Assert.DoesNotContain("   at ", body.GetProperty("detail").GetString());
    }
}
