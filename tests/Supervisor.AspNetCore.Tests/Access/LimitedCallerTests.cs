using Microsoft.Extensions.DependencyInjection;
using VmSupervisor.AspNetCore.Access;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Supervisor.AspNetCore.Tests.Support;

namespace VmSupervisor.Supervisor.AspNetCore.Tests.Access;

/// <summary>Callers who may act on some VMs only.</summary>
public sealed class LimitedCallerTests
{
    private static readonly (string, string) Limited = (StatedAccess.Header, "operator 104");

    [Fact]
    public async Task Lists_have_their_vms_only()
    {
        await using var host = await HostAsync();
        await host.SendAsync("POST", "/v1/vms/104/start", key: "op-104", headers: (StatedAccess.Header, "admin"));
        await host.SendAsync("POST", "/v1/vms/105/start", key: "op-105", headers: (StatedAccess.Header, "admin"));

        var vms = (await host.SendAsync("GET", "/v1/vms", headers: Limited)).Body;
        var operations = (await host.SendAsync("GET", "/v1/operations", headers: Limited)).Body;
        var node = (await host.SendAsync("GET", "/v1/node", headers: Limited)).Body;

        Assert.Equal([104], vms.EnumerateArray().Select(vm => vm.GetProperty("id").GetInt32()));
        Assert.Equal(["op-104"], operations.EnumerateArray().Select(operation => operation.GetProperty("id").GetString()));
        Assert.Equal((1, 0), (node.GetProperty("vms").GetInt32(), node.GetProperty("problems").GetArrayLength()));
        Assert.Equal(404, (await host.SendAsync("GET", "/v1/operations/op-105", headers: Limited)).Status);
        Assert.Equal(404, (await host.SendAsync("POST", "/v1/operations/op-105/cancel", headers: Limited)).Status);
        Assert.Equal(2, host.Supervisor.Submitted.Count);
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("GET", "/definition")]
    [InlineData("GET", "/history")]
    [InlineData("GET", "/wait")]
    [InlineData("GET", "/console")]
    [InlineData("POST", "/stop")]
    public async Task A_vm_of_others_looks_like_one_that_does_not_exist(string method, string what)
    {
        await using var host = await HostAsync();

        foreach (var name in (string[])["105", "web-2", "999", "nothing"])
        {
            var (status, problem, _) = await host.SendAsync(method, $"/v1/vms/{name}{what}", headers: Limited);
            Assert.Equal((403, $"not allowed: vm {name} is none of those that you may act on"), (status, problem.GetProperty("detail").GetString()));
        }

        Assert.Empty(host.Supervisor.Submitted);
    }

    [Fact]
    public async Task Their_own_is_found_by_number_and_by_name()
    {
        await using var host = await HostAsync();

        Assert.Equal(202, (await host.SendAsync("POST", "/v1/vms/104/stop", headers: Limited)).Status);
        Assert.Equal(202, (await host.SendAsync("POST", "/v1/vms/web-1/stop", headers: Limited)).Status);
        Assert.Equal(403, (await host.SendAsync("POST", "/v1/node/shutdown", headers: (StatedAccess.Header, "admin 104"))).Status);
    }

    [Fact]
    public async Task Events_of_others_are_left_out()
    {
        await using var host = await HostAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/events");
        request.Headers.Add(Limited.Item1, Limited.Item2);
        using var response = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());

        foreach (var (position, vm) in ((long, int)[])[(1, 105), (2, 104), (3, 105), (4, 104)])
            host.Supervisor.Events.Writer.TryWrite(new VmEvent(position, new(vm), new HistoryEntry(1, FakeSupervisor.Noon, new(1), "started", null, null, null, new Dictionary<string, string>())));

        var ids = new List<string>();
        while (ids.Count < 2)
        {
            if (await reader.ReadLineAsync() is { } line && line.StartsWith("id: "))
                ids.Add(line);
        }

        Assert.Equal(["id: 2", "id: 4"], ids);
    }

    [Fact]
    public async Task Who_may_only_look_does_not_type_on_a_console()
    {
        await using var host = await HostAsync();

        foreach (var access in (string[])["", "?access=write", "?access=force"])
        {
            var (status, problem, _) = await host.SendAsync("GET", $"/v1/vms/104/console{access}", headers: (StatedAccess.Header, "viewer"));
            Assert.Equal(403, status);
            Assert.Contains("to type needs the role operator", problem.GetProperty("detail").GetString());
        }

        Assert.Equal(503, (await host.SendAsync("GET", "/v1/vms/104/console?access=read", headers: (StatedAccess.Header, "viewer"))).Status);
    }

    private static async Task<SupervisorHost> HostAsync()
    {
        var host = await SupervisorHost.StartAsync(add: services => services.AddSingleton<IVmSupervisorAccess, StatedAccess>());
        host.Supervisor.Show(FakeSupervisor.View(104, "web-1", "Running"), FakeSupervisor.View(105, "web-2", "Running"));
        host.Supervisor.Node = host.Supervisor.Node with { Problems = ["vm 105 is unwell"] };
        return host;
    }
}
