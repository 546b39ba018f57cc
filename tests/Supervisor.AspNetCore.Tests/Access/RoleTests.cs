using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using VmSupervisor.AspNetCore;
using VmSupervisor.AspNetCore.Access;
using VmSupervisor.AspNetCore.Routing;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Supervisor.AspNetCore.Tests.Support;

namespace VmSupervisor.Supervisor.AspNetCore.Tests.Access;

public sealed class RoleTests
{
    // Pinned: whoever changes what a role may do changes it here as well.
    private static readonly string[] Operators =
    [
        "POST /v1/vms/{vm}/start", "POST /v1/vms/{vm}/stop", "POST /v1/vms/{vm}/shutdown", "POST /v1/vms/{vm}/reboot", "POST /v1/vms/{vm}/backup",
        "POST /v1/vms/{vm}/suspend-to-disk", "POST /v1/vms/{vm}/reset", "POST /v1/vms/{vm}/pause", "POST /v1/vms/{vm}/resume",
        "POST /v1/vms/{vm}/migrate", "POST /v1/operations/{operation}/cancel", "POST /v1/nodes/{name}/ping",
    ];

    private static readonly string[] ReadsOfAdmins = ["GET /v1/vms/{vm}/monitor", "GET /v1/node/journal", "GET /v1/node/history", "GET /v1/tokens"];

    [Fact]
    public async Task Every_route_has_a_role()
    {
        await using var host = await HostAsync();

        var without = host.Routes.Where(route => RoleTable.Of(route.Method, route.Pattern) is null);

        Assert.Empty(without);
        Assert.True(host.Routes.Count > 30);
    }

    [Fact]
    public async Task Each_role_may_do_what_it_is_for_and_all_that_the_weaker_ones_may()
    {
        await using var host = await HostAsync();
        host.Supervisor.Events.Writer.Complete();

        foreach (var (method, pattern) in host.Routes.Where(route => RoleTable.Of(route.Method, route.Pattern)!.Reach is not (Reach.Open or Reach.Peer)))
        {
            var least = LeastRole(method, pattern);
            foreach (var role in Enum.GetValues<Role>())
            {
                var (status, problem, response) = await AskAsync(host, method, pattern, $"{role}");
                response.Dispose();
                var refused = status == 403 && problem.GetProperty("detail").GetString()!.Contains("needs the role");
                Assert.True(refused == role < least, $"{method} {pattern} as {role}: {status}");
            }
        }
    }

    [Fact]
    public async Task Nobody_gets_anywhere_without_a_credential_but_to_the_healths()
    {
        await using var host = await HostAsync();

        foreach (var (method, pattern) in host.Routes.Append(("GET", "/v1/nothing")).Append(("PATCH", "/v1/vms")))
        {
            var (status, _, response) = await host.SendAsync(method, Fill(pattern));
            var expected = RoleTable.Of(method, pattern)?.Reach switch
            {
                Reach.Open => 200,
                Reach.Peer => 404,
                _ => 401,
            };
            Assert.True(status == expected, $"{method} {pattern}: {status}");
            Assert.Equal(expected == 401, response.Headers.WwwAuthenticate.ToString() == "Bearer");
            response.Dispose();
        }

        Assert.Empty(host.Supervisor.Submitted);
    }

    [Fact]
    public async Task A_route_that_was_forgotten_in_the_table_is_refused_to_everybody()
    {
        var directory = SupervisorHost.NewDirectory();
        await using (var host = await SupervisorHost.StartAsync(directory: directory, map: app =>
            new RouteTable(app, app.Services.GetRequiredService<RequestPipeline>()).Map("/v1/forgotten", new Method("GET", _ => throw new InvalidOperationException()))))
        {
            var (status, problem, _) = await host.SendAsync("GET", "/v1/forgotten");

            Assert.Equal(403, status);
            Assert.Contains("no role is set for GET /v1/forgotten", problem.GetProperty("detail").GetString());
        }

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public void Every_command_has_the_role_of_its_route()
    {
        var access = new AccessJudge(new FakeSupervisor(), new RefusalNotes(new FakeSupervisor(), null, TimeProvider.System, NullLogger<RefusalNotes>.Instance), Options.Create(new VmSupervisorHttpOptions()));
        VmCommand[] commands =
        [
            new VmCommand.Define(new VmDefinition { Id = new(104), Name = "web-1", Memory = 1 << 20 }), new VmCommand.Undefine(), new VmCommand.Start(), new VmCommand.Stop(),
            new VmCommand.Shutdown(), new VmCommand.Reboot(), new VmCommand.Backup("/b"), new VmCommand.SuspendToDisk(), new VmCommand.Cancel(OperationId.Parse("op-1")),
            new VmCommand.Reset(), new VmCommand.Pause(), new VmCommand.Resume(), new VmCommand.Migrate("b"), new VmCommand.MigrateResolve(default),
        ];

        Assert.Equal(typeof(VmCommand).GetNestedTypes().Length, commands.Length);
        foreach (var command in commands)
        {
            var who = new Identity(new Caller("x"), [new Grant(Role.Operator)]);
            Assert.Equal(command is VmCommand.Define or VmCommand.Undefine or VmCommand.MigrateResolve, access.WhyNot(who, new(104), command)?.Contains("needs the role admin") ?? false);
            if (command is VmCommand.Backup)
                Assert.Contains("is in none of the directories allowed", access.WhyNot(who, new(104), command));
            Assert.Null(access.WhyNot(Identity.Admin(new Caller("x")), new(104), command));
        }
    }

    private static Role LeastRole(string method, string pattern)
    {
        var route = $"{method} {pattern}";
        if (Operators.Contains(route))
            return Role.Operator;
        return method == "GET" && !ReadsOfAdmins.Contains(route) ? Role.Viewer : Role.Admin;
    }

    private static Task<(int Status, System.Text.Json.JsonElement Body, HttpResponseMessage Response)> AskAsync(
        SupervisorHost host, string method, string pattern, string role) =>
        host.SendAsync(method, Fill(pattern), method == "POST" && pattern.EndsWith("backup") ? """{"directory":"/b"}""" : null, null, (StatedAccess.Header, role));

    // What waits is not to wait, and a stream is to say that it is none.
    private static string Fill(string pattern) =>
        pattern.Replace("{vm}", "104").Replace("{operation}", "op-1").Replace("{name}", "b").Replace("{token}", "x") + "?wait=0s&timeout=0s";

    private static Task<SupervisorHost> HostAsync() => SupervisorHost.StartAsync(add: services => services.AddSingleton<IVmSupervisorAccess, StatedAccess>());
}
