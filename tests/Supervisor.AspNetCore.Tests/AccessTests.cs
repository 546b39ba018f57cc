using System.Diagnostics;
using VmSupervisor.AspNetCore.Access;
using VmSupervisor.AspNetCore.Sockets;
using VmSupervisor.Contracts;
using VmSupervisor.Linux;
using VmSupervisor.Supervisor.AspNetCore.Tests.Support;

namespace VmSupervisor.Supervisor.AspNetCore.Tests;

public sealed class AccessTests
{
    private const uint Nobody = 65534, Operators = 4321;

    [Theory]
    [InlineData(0, 0, null, true)]
    [InlineData(0, 1000, null, true)]
    [InlineData(1000, 1000, null, true)]
    [InlineData(1000, 0, null, false)]
    [InlineData(1001, 1000, null, false)]
    [InlineData(1001, 1000, 77, false)]
    [InlineData(1001, 1000, 88, true)]
    [InlineData(1001, 1000, 99, true)]
    public void Root_the_own_user_and_the_members_of_the_group_may_act(int user, int own, int? group, bool allowed)
    {
        var peer = new PeerCredentials(4711, (uint)user, 88, [99]);

        var decision = PeerPolicy.Decide(peer, (uint)own, group is { } id ? [new(new Principal.Group((uint)id), new(Role.Admin))] : []);

        Assert.Equal(allowed, decision is AccessDecision.Allowed);
    }

    [Fact]
    public void The_caller_is_named_by_user_and_process()
    {
        var decision = PeerPolicy.Decide(new PeerCredentials(4711, 0, 0, []), 0, []);

        Assert.Equal("uid 0 (root), pid 4711", Assert.IsType<AccessDecision.Allowed>(decision).Caller.Name);
    }

    [Fact]
    public async Task Another_user_is_told_that_it_is_not_allowed_reads_included()
    {
        await using var host = await SupervisorHost.StartAsync();

        var answer = await AskAsAsync(Nobody, [], host.Socket, "GET /v1/vms");

        Assert.StartsWith("HTTP/1.1 403 ", answer);
        Assert.Contains("\"kind\":\"forbidden\"", answer);
        Assert.Contains($"found uid {Nobody}", answer);
        Assert.StartsWith("HTTP/1.1 403 ", await AskAsAsync(Nobody, [], host.Socket, "POST /v1/vms/104/stop"));
        Assert.Empty(host.Supervisor.Submitted);
    }

    [Fact]
    public async Task Another_user_may_ask_whether_the_supervisor_is_well()
    {
        await using var host = await SupervisorHost.StartAsync();

        Assert.StartsWith("HTTP/1.1 200 ", await AskAsAsync(Nobody, [], host.Socket, "GET /readyz"));
    }

    [Fact]
    public async Task A_member_of_the_group_may_act_by_a_supplementary_group_too()
    {
        await using var host = await SupervisorHost.StartAsync(options => options.AllowedGroup = Operators);

        Assert.StartsWith("HTTP/1.1 403 ", await AskAsAsync(Nobody, [], host.Socket, "GET /v1/vms"));
        Assert.StartsWith("HTTP/1.1 403 ", await AskAsAsync(Nobody, [Operators + 1], host.Socket, "GET /v1/vms"));
        Assert.StartsWith("HTTP/1.1 200 ", await AskAsAsync(Nobody, [Operators + 1, Operators], host.Socket, "GET /v1/vms"));
    }

    [Fact]
    public async Task A_user_and_members_of_groups_have_the_roles_they_were_given()
    {
        const uint lookers = 4322;
        await using var host = await SupervisorHost.StartAsync(options =>
        {
            options.Access.Rules.Add(new(new Principal.Group(lookers), new(Role.Viewer)));
            options.Access.Rules.Add(new(new Principal.Group(Operators), new(Role.Operator, [new(104)])));
            options.Access.Rules.Add(new(new Principal.User(Nobody - 1), new(Role.Admin)));
        });
        host.Supervisor.Show(FakeSupervisor.View(104, "web-1", "Running"), FakeSupervisor.View(105, "web-2", "Running"));

        async Task<string> As(uint user, uint[] groups, string request) => (await AskAsAsync(user, groups, host.Socket, request))[9..12];

        Assert.Equal("403", await As(Nobody, [], "GET /v1/vms"));
        Assert.Equal("200", await As(Nobody, [lookers], "GET /v1/vms/105"));
        Assert.Equal("403", await As(Nobody, [lookers], "POST /v1/vms/104/stop"));
        Assert.Equal("202", await As(Nobody, [Operators], "POST /v1/vms/104/stop"));
        Assert.Equal("403", await As(Nobody, [Operators], "POST /v1/vms/105/stop"));
        Assert.Equal("403", await As(Nobody, [Operators], "GET /v1/vms/105"));
        Assert.Equal("200", await As(Nobody, [Operators, lookers], "GET /v1/vms/105"));
        Assert.Equal("403", await As(Nobody, [Operators, lookers], "POST /v1/vms/105/stop"));
        Assert.Equal("403", await As(Nobody, [Operators], "DELETE /v1/vms/104"));
        Assert.Equal("202", await As(Nobody - 1, [], "DELETE /v1/vms/105"));
    }

    [Fact]
    public async Task A_member_of_the_group_may_not_pretend_to_be_another_node()
    {
        await using var host = await SupervisorHost.StartAsync(options => options.AllowedGroup = Operators);

        var answer = await AskAsAsync(Nobody, [Operators], host.Socket, "GET /v1/peers/b");

        Assert.StartsWith("HTTP/1.1 403 ", answer);
        Assert.Contains("not allowed to connect as a node", answer);
    }

    [Fact]
    public async Task Strangers_together_hold_few_connections_and_the_owner_notices_nothing()
    {
        await using var host = await SupervisorHost.StartAsync();

        // Holds all it can get open, and counts those that the server closed without a word.
        var closed = await PerlAsync(Nobody, [], """
            my $limit = shift;
            my @held = map { IO::Socket::UNIX->new(Peer => $path) or die "connect: $!" } 1 .. $limit + 3;
            my $bits = "";
            vec($bits, fileno($_), 1) = 1 for @held;
            my $closed = 0;
            while ($closed < 3) {
                select(my $readable = $bits, undef, undef, undef);
                for my $socket (grep { vec($readable, fileno($_), 1) } @held) {
                    vec($bits, fileno($socket), 1) = 0;
                    $closed++;
                }
            }
            print $closed;
            """, host.Socket, StrangerLimit.Connections.ToString());

        Assert.Equal("3", closed);
        Assert.Equal(200, (await host.SendAsync("GET", "/v1/vms")).Status);
    }

    private static Task<string> AskAsAsync(uint user, uint[] groups, string socket, string request) => PerlAsync(user, groups, """
        my $request = shift;
        my $socket = IO::Socket::UNIX->new(Peer => $path) or die "connect: $!";
        print $socket "$request HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        local $/;
        print <$socket>;
        """, socket, request);

    // Only another process can be another user: credentials of a thread are not for .NET to change. Perl is an essential
    // package of Debian and a dependency of git.
    private static async Task<string> PerlAsync(uint user, uint[] groups, string script, params string[] arguments)
    {
        Assert.SkipUnless(Accounts.CurrentUser() == 0, "only root can become another user");
        var become = $"""
            use IO::Socket::UNIX;
            $) = "{user} {(groups.Length == 0 ? user.ToString() : string.Join(' ', groups))}"; $( = {user}; ($<, $>) = ({user}, {user});
            die "still root" if $< == 0 or $> == 0;
            $| = 1;
            my $path = shift;

            """;
        var start = new ProcessStartInfo("perl") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["-e", become + script, .. arguments])
            start.ArgumentList.Add(argument);
        using var perl = Process.Start(start)!;
        var errors = perl.StandardError.ReadToEndAsync();
        var output = await perl.StandardOutput.ReadToEndAsync();
        await perl.WaitForExitAsync();
        Assert.Equal((0, ""), (perl.ExitCode, await errors));
        return output;
    }
}
