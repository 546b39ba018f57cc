using System.Net.Sockets;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Supervisor.Cli.Tests;

public sealed class ExitCodeTests : IAsyncLifetime
{
    private readonly TempDirectory directory = new();
    private FakeDaemon daemon = null!;

    public async ValueTask InitializeAsync() => daemon = await FakeDaemon.StartAsync(directory);

    public async ValueTask DisposeAsync()
    {
        await daemon.DisposeAsync();
        directory.Dispose();
    }

    [Theory]
    [InlineData(ProblemKind.Failed, 1)]
    [InlineData(ProblemKind.Invalid, 2)]
    [InlineData(ProblemKind.NotFound, 3)]
    [InlineData(ProblemKind.Conflict, 4)]
    [InlineData(ProblemKind.Unavailable, 5)]
    [InlineData(ProblemKind.TimedOut, 6)]
    [InlineData(ProblemKind.Forbidden, 7)]
    public async Task Every_kind_of_problem_has_its_exit_code_and_its_reason_on_stderr(ProblemKind kind, int code)
    {
        daemon.On("GET /v1/vms/web-1", kind, "vm web-1: because");
        Assert.Equal(new Printed(code, "", "vmsup: vm web-1: because\n"), await RunAsync("show", "web-1"));
    }

    [Fact]
    public async Task Without_a_socket_the_daemon_is_unreachable()
    {
        var printed = await new Prompt(directory.File("none.sock")).RunAsync("list");
        Assert.Equal((5, $"vmsup: no daemon at {directory.File("none.sock")}: the socket does not exist (start vmsupd, or tell --socket PATH)\n"), (printed.Code, printed.Error));
    }

    [Fact]
    public async Task A_socket_that_a_killed_daemon_left_behind_is_unreachable()
    {
        var path = directory.File("left.sock");
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            // Moved away, because .NET removes a socket's file with the socket.
            socket.Bind(new UnixDomainSocketEndPoint(directory.File("bound.sock")));
            File.Move(directory.File("bound.sock"), path);
        }

        var printed = await RunAsync("list", "--socket", path);
        Assert.Equal((5, $"vmsup: no daemon listens at {path}: it has stopped or was killed (start vmsupd, or tell --socket PATH)\n"), (printed.Code, printed.Error));
    }

    [Fact]
    public async Task A_connection_that_breaks_before_the_answer_names_the_operation_to_ask_for()
    {
        daemon.On("POST /v1/vms/web-1/start?wait=30s", context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        var printed = await RunAsync("start", "web-1", "--operation", "op-1");
        Assert.Equal(5, printed.Code);
        Assert.Equal(
            $"""
            the same command with --operation op-1 asks what became of it, and does nothing twice
            vmsup: the connection to the daemon at {daemon.Socket} broke before it had answered; it may have done what was asked

            """, printed.Error);
    }

    [Fact]
    public async Task A_socket_path_that_is_too_long_is_a_wrong_argument()
    {
        var printed = await RunAsync("list", "--socket", "/" + new string('x', 107));
        Assert.Equal(2, printed.Code);
        Assert.Contains("unix socket paths end at 107 bytes", printed.Error);
    }

    [Theory]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("")]
    public async Task What_cannot_be_a_name_names_no_vm(string name)
    {
        var printed = await RunAsync("undefine", name);
        Assert.Equal(3, printed.Code);
        Assert.StartsWith($"vmsup: vm '{name}': there is no such VM", printed.Error);
        Assert.Empty(daemon.Requests);
    }

    [Theory]
    [InlineData("vmsup: a command is missing, one of define, list, show, diff, start, ")]
    [InlineData("vmsup: a command is missing, one of define, list, ", "-o", "json")]
    [InlineData("vmsup: there is no command 'lst' (did you mean list?)\nvmsup --help shows how it is used\n", "lst")]
    [InlineData("vmsup: there is no option '--all'\n", "--all")]
    [InlineData("vmsup list: there is no option '--all'\nusage: vmsup list [OPTION ...]\nvmsup list --help shows how it is used\n", "list", "--all")]
    [InlineData("vmsup show: '2' is more than it takes\nusage: vmsup show ID [OPTION ...]\n", "show", "1", "2")]
    [InlineData("vmsup show: ID is missing (The VM's number or name)\nusage: vmsup show ID [OPTION ...]\n", "show")]
    [InlineData("vmsup wait: STATE is missing (Starting, Running, Stopping, CleanedUp, undefined)\nusage: vmsup wait ID STATE ", "wait", "1")]
    [InlineData("vmsup list: --socket: PATH is missing\n", "list", "--socket")]
    [InlineData("vmsup wait: STATE: found 'paused', allowed: Starting, Running, Stopping, CleanedUp, undefined", "wait", "1", "paused")]
    [InlineData("vmsup shutdown: --timeout: found '30', allowed: a number and a unit, such as 500ms, 60s, 5m, 1h", "shutdown", "1", "--timeout", "30")]
    [InlineData("vmsup start: --operation: found 'a b', allowed: 1 to 64 letters, digits and . _ : -", "start", "1", "--operation", "a b")]
    [InlineData("vmsup list: -o: found 'yaml', allowed: text, json\n", "list", "-o", "yaml")]
    public async Task Wrong_usage_is_told_and_asks_nothing_of_the_daemon(string error, params string[] args)
    {
        var printed = await RunAsync(args);
        Assert.Equal((2, ""), (printed.Code, printed.Out));
        Assert.StartsWith(error, printed.Error);
        Assert.Empty(daemon.Requests);
    }

    [Fact]
    public async Task An_answer_in_another_language_is_a_failure_in_words()
    {
        daemon.On("GET /v1/vms", context => FakeDaemon.WriteAsync(context, 200, "application/json", "{\"vms\":"));
        var printed = await RunAsync("list");
        Assert.Equal(1, printed.Code);
        Assert.StartsWith("vmsup: the daemon answered 200 to /v1/vms with what this client cannot read; are both of one version?", printed.Error);

        daemon.On("GET /v1/node", context => FakeDaemon.WriteAsync(context, 500, "text/plain", "at Foo.Bar()"));
        Assert.Equal(new Printed(1, "", "vmsup: the daemon answered 500 Internal Server Error without a reason\n"), await RunAsync("events"));
    }

    [Fact]
    public async Task A_fault_of_the_program_itself_is_one_line()
    {
        daemon.On("GET /v1/vms/db", Samples.Down);
        var printed = await new Prompt(daemon.Socket) { Out = new BrokenWriter() }.RunAsync("show", "db");
        Assert.Equal((1, "vmsup: a fault of this program: InvalidOperationException: broken (VMSUP_TRACE=1 shows where)\n"), (printed.Code, printed.Error));
    }

    [Fact]
    public async Task Faults_that_only_the_daemon_found_are_listed()
    {
        var file = directory.Write("vm.conf", "vm { id = 1, memory = 1M }");
        daemon.On("PUT /v1/vms/1?wait=30s", ProblemDocument.Of(new(ProblemKind.Invalid, "vm 1: the definition is not valid"), faults: [new("vm.id", "1", "2")]));
        Assert.Equal(new Printed(2, "", "vmsup: vm 1: the definition is not valid\n  vm.id: found 1, allowed: 2\n"), await RunAsync("define", file));
    }

    private Task<Printed> RunAsync(params string[] args) => new Prompt(daemon.Socket).RunAsync(args);

    private sealed class BrokenWriter : StringWriter
    {
        public override void Write(string? value) => throw new InvalidOperationException("broken");

        public override void WriteLine(string? value) => throw new InvalidOperationException("broken");
    }
}
