using System.Text;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Supervisor.AspNetCore.Tests.Support;

namespace VmSupervisor.Supervisor.AspNetCore.Tests;

public sealed class DefineTests
{
    private const string Web1 = """{"vm":{"id":104,"name":"web-1","memory":"512 MiB"}}""";

    [Fact]
    public async Task A_new_vm_is_created_and_a_known_one_is_changed()
    {
        await using var host = await SupervisorHost.StartAsync();
        host.Supervisor.Outcome = running => running with { Status = OperationStatus.Succeeded };

        var (created, _, response) = await host.SendAsync("PUT", "/v1/vms/104", Web1);
        host.Supervisor.Show(FakeSupervisor.View(104, "web-1", "CleanedUp"));
        var (changed, operation, _) = await host.SendAsync("PUT", "/v1/vms/104", Web1);

        Assert.Equal((201, 200), (created, changed));
        Assert.Equal("/v1/vms/104", response.Headers.Location!.OriginalString);
        Assert.Equal("define", operation.GetProperty("kind").GetString());
        Assert.All(host.Supervisor.Submitted, submitted =>
            Assert.Equal(512L << 20, Assert.IsType<VmCommand.Define>(submitted.Command).Definition.Memory));
    }

    [Fact]
    public async Task A_define_that_is_not_done_yet_is_answered_202()
    {
        await using var host = await SupervisorHost.StartAsync();

        Assert.Equal(202, (await host.SendAsync("PUT", "/v1/vms/104", Web1)).Status);
    }

    [Fact]
    public async Task A_dry_run_answers_with_the_command_line_and_submits_nothing()
    {
        await using var host = await SupervisorHost.StartAsync();

        var (status, body, _) = await host.SendAsync("PUT", "/v1/vms/104?dry-run=true", Web1);
        host.Supervisor.CommandLine = new([], new Problem(ProblemKind.Failed, "vm 104: it would not start: no QEMU"));
        var (failed, problem, _) = await host.SendAsync("PUT", "/v1/vms/104?dry-run=true", Web1);
        var (wrong, _, _) = await host.SendAsync("PUT", "/v1/vms/104?dry-run=maybe", Web1);

        Assert.Equal((200, """["/usr/bin/qemu","-S"]"""), (status, body.GetRawText()));
        Assert.NotEqual(200, failed);
        Assert.Equal("vm 104: it would not start: no QEMU", problem.GetProperty("detail").GetString());
        Assert.Equal(400, wrong);
        Assert.Empty(host.Supervisor.Submitted);
    }

    [Fact]
    public async Task A_diff_is_what_the_next_start_takes_and_nothing_while_none_runs()
    {
        await using var host = await SupervisorHost.StartAsync();
        var vm = new VmId(104);
        host.Supervisor.Show(FakeSupervisor.View(104, "web-1", "Running"));
        var next = host.Supervisor.Definitions[vm] = new VmDefinition { Id = vm, Name = "web-1", Memory = 64 << 20, Cpus = 2, Cpu = "max" };

        Assert.Equal("[]", (await host.SendAsync("GET", "/v1/vms/web-1/diff")).Body.GetRawText());
        host.Supervisor.Running[vm] = next with { Cpus = 1, Cpu = null, Disks = [new() { Path = "/a" }] };
        var changes = (await host.SendAsync("GET", "/v1/vms/web-1/diff")).Body.EnumerateArray().Select(change => change.GetRawText()).ToArray();

        Assert.Contains("""{"key":"vm.cpus","running":"1","next":"2"}""", changes);
        Assert.Contains("""{"key":"vm.cpu","running":null,"next":"max"}""", changes);
        Assert.Contains("""{"key":"vm.disks[0].path","running":"/a","next":null}""", changes);
        Assert.Equal(404, (await host.SendAsync("GET", "/v1/vms/105/diff")).Status);
    }

    [Fact]
    public async Task Every_fault_of_a_definition_is_in_the_answer()
    {
        await using var host = await SupervisorHost.StartAsync();

        var (status, problem, _) = await host.SendAsync("PUT", "/v1/vms/104", """{"vm":{"id":104,"memory":"0","cpu":2}}""");

        Assert.Equal(400, status);
        Assert.Equal("invalid", problem.GetProperty("kind").GetString());
        var keys = problem.GetProperty("faults").EnumerateArray().Select(fault => fault.GetProperty("key").GetString()).ToList();
        Assert.Contains("vm.memory", keys);
        Assert.Contains("vm.cpu", keys);
        Assert.Empty(host.Supervisor.Submitted);
    }

    [Theory]
    [InlineData("/v1/vms/105", Web1)]
    [InlineData("/v1/vms/web-1", Web1)]
    [InlineData("/v1/vms/0", Web1)]
    [InlineData("/v1/vms/104", "")]
    [InlineData("/v1/vms/104", "vm { id = 104 }")]
    [InlineData("/v1/vms/104", "[]")]
    [InlineData("/v1/vms/104", """{"vm":{"id":104,"id":105,"memory":"512 MiB"}}""")]
    public async Task A_definition_that_is_wrong_is_answered_with_400(string path, string body)
    {
        await using var host = await SupervisorHost.StartAsync();

        var (status, problem, _) = await host.SendAsync("PUT", path, body);

        Assert.Equal(400, status);
        Assert.Equal("invalid", problem.GetProperty("kind").GetString());
        Assert.Empty(host.Supervisor.Submitted);
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_answered_with_413()
    {
        await using var host = await SupervisorHost.StartAsync(options => options.MaxRequestBody = 1000);

        var (status, problem, _) = await host.SendAsync("PUT", "/v1/vms/104", new string(' ', 1001));

        Assert.Equal(413, status);
        Assert.Equal("invalid", problem.GetProperty("kind").GetString());
    }

    [Fact]
    public async Task A_body_that_is_not_utf8_is_answered_with_400()
    {
        await using var host = await SupervisorHost.StartAsync();
        using var content = new ByteArrayContent([.. Encoding.UTF8.GetBytes("""{"vm":{"name":" """), 0xff, 0xfe]);

        using var response = await host.Client.PutAsync("/v1/vms/104", content);

        Assert.Equal(400, (int)response.StatusCode);
    }
}
