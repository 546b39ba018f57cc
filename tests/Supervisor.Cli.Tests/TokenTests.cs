using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Supervisor.Cli.Tests;

public sealed class TokenTests : IDisposable
{
    private static readonly TokenView Token = new("0123456789abcdef", "ci", Role.Operator, [new(104)], Samples.Now, "uid 0 (root), pid 1", Samples.Now.AddDays(30), false);

    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task The_secret_alone_is_on_standard_output_and_vms_are_named_as_everywhere()
    {
        await using var daemon = await FakeDaemon.StartAsync(directory);
        daemon.On("GET /v1/vms/web-1", Samples.Running).On("POST /v1/tokens", new NewTokenView(Token, "vmsup_0_1"), 201);

        var printed = await new Prompt(daemon.Socket).RunAsync("token", "create", "ci", "--role", "operator", "--expires", "30d", "--vm", "web-1", "--vm", "104");

        Assert.Equal((0, "vmsup_0_1\n"), (printed.Code, printed.Out));
        Assert.Equal("token ci: operator of vm 104 only, until 2026-03-31 12:00:00.000; it is not shown again\n", printed.Error);
        Assert.Equal("""{"name":"ci","role":"operator","lifetime":"2592000s","vms":[104]}""", daemon.Requests.Last().Body);
    }

    [Fact]
    public async Task Tokens_are_listed_and_expired_ones_say_so()
    {
        await using var daemon = await FakeDaemon.StartAsync(directory);
        daemon.On("GET /v1/tokens", new[] { Token, Token with { Name = "old", Vms = null, Role = Role.Admin, Expired = true } });

        var printed = await new Prompt(daemon.Socket).RunAsync("token", "list");

        Assert.Equal(
            """
            NAME  ROLE      VMS  EXPIRES                  CREATED                  BY                   ID
            ci    operator  104  2026-03-31 12:00:00.000  2026-03-01 12:00:00.000  uid 0 (root), pid 1  0123456789abcdef
            old   admin     all  expired                  2026-03-01 12:00:00.000  uid 0 (root), pid 1  0123456789abcdef

            """, printed.Out);
    }

    [Fact]
    public async Task A_token_is_revoked_by_name()
    {
        await using var daemon = await FakeDaemon.StartAsync(directory);
        daemon.On("DELETE /v1/tokens/ci", Token).On("DELETE /v1/tokens/none", ProblemKind.NotFound, "token none: there is none of that name or id");

        Assert.Equal("token ci (operator of vm 104 only) is revoked\n", (await new Prompt(daemon.Socket).RunAsync("token", "revoke", "ci")).Out);
        Assert.Equal(3, (await new Prompt(daemon.Socket).RunAsync("token", "revoke", "none")).Code);
        Assert.Equal(2, (await new Prompt(daemon.Socket).RunAsync("token", "create", "ci", "--role", "king")).Code);
        Assert.Equal(2, (await new Prompt(daemon.Socket).RunAsync("token", "create", "ci")).Code);
    }
}
