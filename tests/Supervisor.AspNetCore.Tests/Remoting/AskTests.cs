using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Supervisor.AspNetCore.Tests.Support;

namespace VmSupervisor.Supervisor.AspNetCore.Tests.Remoting;

public sealed class AskTests
{
    [Fact]
    public async Task An_ask_is_answered_when_it_is_accepted()
    {
        await using var host = await HostAsync();
        await using var client = await RawClient.GreetAsync(host);

        var answer = await client.AskAsync(1, "ask", """{"vm":"web-1","command":{"kind":"start","paused":true},"operation":"op-1"}""");

        var operation = answer.GetProperty("result");
        Assert.Equal(("op-1", "running"), (operation.GetProperty("id").GetString(), operation.GetProperty("status").GetString()));
        var submitted = Assert.Single(host.Supervisor.Submitted);
        Assert.Equal((new VmId(104), new VmCommand.Start(Paused: true), OperationId.Parse("op-1")), (submitted.Vm, submitted.Command, submitted.Operation));
        Assert.Matches($@"^uid \d+ \(.+\), pid {Environment.ProcessId}$", submitted.Caller.Name);
    }

    [Fact]
    public async Task An_ask_may_wait_for_the_end_and_others_are_answered_meanwhile()
    {
        await using var host = await HostAsync();
        await using var client = await RawClient.GreetAsync(host);
        await client.RequestAsync(1, "ask", """{"vm":104,"command":{"kind":"stop"},"operation":"op-1","wait":"ended"}""");
        await host.Supervisor.WaitBegan;

        Assert.Equal("web-1", (await client.AskAsync(2, "vm", """{"vm":104}""")).GetProperty("result").GetProperty("name").GetString());
        host.Supervisor.End(OperationId.Parse("op-1"), OperationStatus.Succeeded);

        var answer = await client.ReceiveAsync();
        Assert.Equal((1, "succeeded"), (answer.GetProperty("id").GetInt32(), answer.GetProperty("result").GetProperty("status").GetString()));
    }

    [Fact]
    public async Task What_did_not_end_well_is_an_error_with_the_problem_and_the_operation()
    {
        await using var host = await HostAsync();
        host.Supervisor.Outcome = running => running with { Status = OperationStatus.Refused, Problem = new(ProblemKind.Conflict, "vm 104: because") };
        await using var client = await RawClient.GreetAsync(host);

        var error = (await client.AskAsync(1, "ask", """{"vm":104,"command":{"kind":"reset"},"operation":"op-1"}""")).GetProperty("error");

        Assert.Equal((-32012, "vm 104: because"), (error.GetProperty("code").GetInt32(), error.GetProperty("message").GetString()));
        var problem = error.GetProperty("data");
        Assert.Equal(("urn:vmsup:problem:conflict", 409), (problem.GetProperty("type").GetString(), problem.GetProperty("status").GetInt32()));
        Assert.Equal("op-1", problem.GetProperty("operation").GetProperty("id").GetString());
        Assert.False(problem.TryGetProperty("home", out _));
    }

    [Fact]
    public async Task The_refusal_of_a_vm_that_was_moved_names_its_home()
    {
        await using var host = await HostAsync();
        host.Supervisor.Show(FakeSupervisor.View(104, "web-1", "CleanedUp") with { Home = "b" });
        host.Supervisor.Outcome = running => running with { Status = OperationStatus.Refused, Problem = new(ProblemKind.Conflict, "vm 104: start refused: it was moved to node b") };
        await using var client = await RawClient.GreetAsync(host);

        var error = (await client.AskAsync(1, "ask", """{"vm":104,"command":{"kind":"start"}}""")).GetProperty("error");

        Assert.Equal("b", error.GetProperty("data").GetProperty("home").GetString());
    }

    [Fact]
    public async Task What_was_refused_before_the_vm_moved_names_no_other_node()
    {
        await using var host = await HostAsync();
        host.Supervisor.Show(FakeSupervisor.View(104, "web-1", "CleanedUp") with { Home = "b", Since = FakeSupervisor.Noon.AddSeconds(1) });
        host.Supervisor.Outcome = running => running with { Status = OperationStatus.Refused, EndedAt = FakeSupervisor.Noon, Problem = new(ProblemKind.Conflict, "vm 104: because") };
        await using var client = await RawClient.GreetAsync(host);

        var error = (await client.AskAsync(1, "ask", """{"vm":104,"command":{"kind":"reset"}}""")).GetProperty("error");

        Assert.False(error.GetProperty("data").TryGetProperty("home", out _));
    }

    [Theory]
    [InlineData("""{"vm":104,"command":{"kind":"explode"}}""", "allowed are define, undefine, start")]
    [InlineData("""{"vm":104,"command":{}}""", "kind")]
    [InlineData("""{"vm":104,"command":{"kind":"start","pause":true}}""", "pause")]
    [InlineData("""{"vm":104,"command":{"kind":"backup"}}""", "directory")]
    [InlineData("""{"vm":104,"command":{"kind":"cancel"}}""", "operation")]
    [InlineData("""{"vm":104,"command":{"kind":"define"}}""", "definition")]
    [InlineData("""{"vm":104,"command":{"kind":"define","definition":{"vm":{"id":7,"memory":"1 GiB"}}}}""", "104")]
    [InlineData("""{"vm":104,"command":{"kind":"start"},"operation":"not an id"}""", "operation id")]
    [InlineData("""{"vm":104,"command":{"kind":"start"},"wait":"soon"}""", "accepted, ended")]
    [InlineData("""{"vm":104,"command":{"kind":"start"},"deadlineMs":86400001}""", "86400000")]
    [InlineData("""{"vm":104,"command":{"kind":"start"},"force":true}""", "force")]
    public async Task A_wrong_command_is_refused_and_nothing_is_submitted(string parameters, string said)
    {
        await using var host = await HostAsync();
        await using var client = await RawClient.GreetAsync(host);

        var error = (await client.AskAsync(1, "ask", parameters)).GetProperty("error");

        Assert.Equal(-32602, error.GetProperty("code").GetInt32());
        Assert.Contains(said, error.GetProperty("message").GetString());
        Assert.Empty(host.Supervisor.Submitted);
    }

    [Fact]
    public async Task A_faulty_definition_is_refused_with_every_fault()
    {
        await using var host = await HostAsync();
        await using var client = await RawClient.GreetAsync(host);

        var error = (await client.AskAsync(1, "ask", """{"vm":7,"command":{"kind":"define","definition":{"vm":{"id":7,"cpus":0}}}}""")).GetProperty("error");

        Assert.Equal(2, error.GetProperty("data").GetProperty("faults").GetArrayLength());
        Assert.Empty(host.Supervisor.Submitted);
    }

    [Fact]
    public async Task An_unknown_name_is_not_found_and_an_unknown_number_is_the_supervisors_to_judge()
    {
        await using var host = await HostAsync();
        await using var client = await RawClient.GreetAsync(host);

        Assert.Equal(-32011, (await client.AskAsync(1, "ask", """{"vm":"nobody","command":{"kind":"start"}}""")).GetProperty("error").GetProperty("code").GetInt32());
        Assert.True((await client.AskAsync(2, "ask", """{"vm":999,"command":{"kind":"start"}}""")).TryGetProperty("result", out _));
        Assert.Equal(-32011, (await client.AskAsync(3, "operation", """{"operation":"nobodys"}""")).GetProperty("error").GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task A_deadline_ends_the_waiting_and_not_the_operation()
    {
        await using var host = await HostAsync();
        await using var client = await RawClient.GreetAsync(host);

        var error = (await client.AskAsync(1, "ask", """{"vm":104,"command":{"kind":"stop"},"operation":"op-1","wait":"ended","deadlineMs":20}""")).GetProperty("error");

        Assert.Equal(-32014, error.GetProperty("code").GetInt32());
        Assert.Equal("running", error.GetProperty("data").GetProperty("operation").GetProperty("status").GetString());
        var operation = (await client.AskAsync(2, "operation", """{"operation":"op-1"}""")).GetProperty("result");
        Assert.Equal("running", operation.GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_cancelled_request_is_answered_so_and_the_operation_goes_on()
    {
        await using var host = await HostAsync();
        await using var client = await RawClient.GreetAsync(host);
        await client.RequestAsync(1, "ask", """{"vm":104,"command":{"kind":"stop"},"operation":"op-1","wait":"ended"}""");
        await host.Supervisor.WaitBegan;

        await client.SendAsync("""{"jsonrpc":"2.0","method":"cancel","params":{"request":1}}""");

        var answer = await client.ReceiveAsync();
        Assert.Equal((1, -32003), (answer.GetProperty("id").GetInt32(), answer.GetProperty("error").GetProperty("code").GetInt32()));
        await host.Supervisor.WaitCancelled;
        Assert.Equal("running", (await client.AskAsync(1, "operation", """{"operation":"op-1"}""")).GetProperty("result").GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_tell_has_no_answer_and_its_operation_can_be_found()
    {
        await using var host = await HostAsync();
        await using var client = await RawClient.GreetAsync(host);

        await client.SendAsync("""{"jsonrpc":"2.0","method":"tell","params":{"vm":104,"command":{"kind":"start"},"operation":"op-1"}}""");
        await client.SendAsync("""{"jsonrpc":"2.0","method":"tell","params":{"vm":"nobody","command":{"kind":"start"},"operation":"op-2"}}""");
        await client.SendAsync("""{"jsonrpc":"2.0","method":"tell","params":{"vm":104,"command":{"kind":"start"}}}""");

        var answer = await client.AskAsync(1, "operation", """{"operation":"op-1"}""");
        Assert.Equal("start", answer.GetProperty("result").GetProperty("kind").GetString());
        Assert.Single(host.Supervisor.Submitted);
    }

    [Fact]
    public async Task More_requests_than_allowed_are_refused_at_once()
    {
        await using var host = await HostAsync(options => options.Remoting.Requests = 2);
        await using var client = await RawClient.GreetAsync(host);
        await client.RequestAsync(1, "ask", """{"vm":104,"command":{"kind":"stop"},"operation":"op-1","wait":"ended"}""");
        await client.RequestAsync(2, "operation", """{"operation":"op-1","wait":"ended"}""");

        var error = (await client.AskAsync(3, "list", "{}")).GetProperty("error");

        Assert.Equal(-32002, error.GetProperty("code").GetInt32());
        host.Supervisor.End(OperationId.Parse("op-1"), OperationStatus.Succeeded);
        await client.ReceiveAsync();
        await client.ReceiveAsync();
    }

    [Fact]
    public async Task An_id_that_is_pending_cannot_be_used_again()
    {
        await using var host = await HostAsync();
        await using var client = await RawClient.GreetAsync(host);
        await client.RequestAsync(1, "ask", """{"vm":104,"command":{"kind":"stop"},"operation":"op-1","wait":"ended"}""");

        Assert.Equal(-32600, (await client.AskAsync(1, "list", "{}")).GetProperty("error").GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task What_fails_unexpectedly_is_an_internal_error()
    {
        await using var host = await HostAsync();
        host.Supervisor.Fault = new InvalidOperationException("boom");
        await using var client = await RawClient.GreetAsync(host);

        Assert.Equal(-32603, (await client.AskAsync(1, "list", "{}")).GetProperty("error").GetProperty("code").GetInt32());
    }

    private static async Task<SupervisorHost> HostAsync(Action<VmSupervisor.AspNetCore.VmSupervisorHttpOptions>? configure = null)
    {
        var host = await SupervisorHost.StartAsync(configure);
        host.Supervisor.Show(FakeSupervisor.View(104, "web-1", "CleanedUp"));
        return host;
    }
}
