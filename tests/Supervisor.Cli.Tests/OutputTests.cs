using System.Text.Json;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Json;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Supervisor.Cli.Tests;

public sealed class OutputTests : IAsyncLifetime
{
    private readonly TempDirectory directory = new();
    private FakeDaemon daemon = null!;

    public async ValueTask InitializeAsync() => daemon = await FakeDaemon.StartAsync(directory);

    public async ValueTask DisposeAsync()
    {
        await daemon.DisposeAsync();
        directory.Dispose();
    }

    [Fact]
    public async Task A_list_is_aligned_and_plain_in_a_pipe()
    {
        daemon.On<VmView[]>("GET /v1/vms", [Samples.Down, Samples.Stuck, Samples.Running]);
        await Prints(
            """
             ID  NAME           STATE      GUEST     INC   PID  AGE  CAUSE      NOTE
              7  db             CleanedUp  off         0         3d  defined
             12  a-longer-name  Stopping   io-error    3    99  40s  api-stop   process 99 is in uninterruptible sleep
            104  web-1          Running    running     3  4711  12m  api-start

            """, "list");
    }

    [Fact]
    public async Task Columns_without_content_are_left_out()
    {
        daemon.On<VmView[]>("GET /v1/vms", [Samples.Down]);
        await Prints(
            """
            ID  NAME  STATE      GUEST  INC  AGE  CAUSE
             7  db    CleanedUp  off      0   3d  defined

            """, "list");
    }

    [Fact]
    public async Task A_list_of_nothing_is_an_empty_array_or_a_hint()
    {
        daemon.On<VmView[]>("GET /v1/vms", []);
        Assert.Equal(new Printed(0, "[]\n", ""), await Prompt().RunAsync("list", "-o", "json"));
        Assert.Equal(new Printed(0, "", "there is no VM yet (vmsup define FILE makes one known)\n"), await Prompt().RunAsync("list"));
    }

    [Fact]
    public async Task Json_is_the_daemons_document_on_one_line()
    {
        daemon.On<VmView[]>("GET /v1/vms", [Samples.Down, Samples.Stuck]).On("GET /v1/vms/db", Samples.Down);
        await Prints(JsonSerializer.Serialize<VmView[]>([Samples.Down, Samples.Stuck], ContractsJson.Options) + "\n", "list", "-o", "json");
        await Prints(
            """
            {"id":7,"name":"db","node":"a","state":"CleanedUp","incarnation":0,"guest":"off","pid":null,"cause":"defined",
            "since":"2026-02-26T12:00:00Z","operation":null,"activity":null,"restarts":0,"volumes":[],"problems":[],"detail":"","machine":"","home":null,"pending":false,"networks":[],"version":0}
            """.ReplaceLineEndings("") + "\n", "show", "db", "--output", "json");
    }

    [Fact]
    public async Task Show_tells_all_that_there_is_to_tell()
    {
        daemon.On("GET /v1/vms/12", Samples.Stuck);
        await Prints(
            """
            id           12
            name         a-longer-name
            node         a
            state        Stopping
            guest        io-error
            cause        api-stop
            since        2026-03-01 11:59:20.000 (40s)
            incarnation  3
            pid          99
            operation    op-9
            restarts     2
            volume       disk0 /a, kept active
            volume       disk1 /b, not active
            network      net0 tap on br0, 52:54:00:00:00:01
            network      net1 user, 52:54:00:00:00:02, tcp 127.0.0.1:2222 to port 22, udp 0.0.0.0:53 to port 5353
            problem      process 99 is in uninterruptible sleep

            """, "show", "12");
    }

    [Fact]
    public async Task Show_tells_the_cause_with_its_detail()
    {
        daemon.On("GET /v1/vms/7", Samples.Down with { Cause = "start-failed", Detail = "disk0: the image /a does not exist" });
        Assert.Contains("\ncause        start-failed: disk0: the image /a does not exist\n", (await Prompt().RunAsync("show", "7")).Out);
    }

    [Fact]
    public async Task Show_tells_the_machine_and_that_a_change_waits_for_the_next_start()
    {
        daemon.On("GET /v1/vms/7", Samples.Down with { Machine = "pc-q35-7.2", Pending = true });
        Assert.Contains(
            "\nmachine      pc-q35-7.2\ndefinition   changed since it was started; the next start takes it (vmsup diff db)\n", (await Prompt().RunAsync("show", "7")).Out);
    }

    [Fact]
    public async Task A_diff_is_a_table_key_by_key()
    {
        daemon.On<DefinitionChange[]>("GET /v1/vms/web-1/diff", [new("vm.cpus", "1", "4"), new("vm.cmdline", "", "a\tb"), new("vm.topology.cores", null, "4")]);
        await Prints(
            """
            KEY                RUNNING  NEXT
            vm.cpus            1        4
            vm.cmdline         ""       "a\tb"
            vm.topology.cores  -        4

            """, "diff", "web-1");
        await Prints("""[{"key":"vm.cpus","running":"1","next":"4"},{"key":"vm.cmdline","running":"","next":"a\tb"},{"key":"vm.topology.cores","running":null,"next":"4"}]""" + "\n", "diff", "web-1", "-o", "json");
    }

    [Fact]
    public async Task Without_a_difference_a_diff_says_so_and_is_an_empty_array()
    {
        daemon.On<DefinitionChange[]>("GET /v1/vms/7/diff", []);
        Assert.Equal(new Printed(0, "", "vm 7: nothing differs, or nothing runs\n"), await Prompt().RunAsync("diff", "7"));
        await Prints("[]\n", "diff", "7", "-o", "json");
    }

    [Fact]
    public async Task A_command_line_is_an_option_with_its_value_on_each_line_that_a_shell_reads()
    {
        daemon.On<string[]>("PUT /v1/vms/104?dry-run=true", ["/usr/bin/qemu", "-S", "-name", "guest=a,debug-threads=on", "-device", "{\"id\":\"it's\"}", "-append", ""]);
        var file = directory.Write("a.conf", "vm { id = 104, memory = 64M }");
        await Prints(
            """
            /usr/bin/qemu
            -S
            -name guest=a,debug-threads=on
            -device '{"id":"it'\''s"}'
            -append ''

            """, "define", "--dry-run", file);
        await Prints("""["/usr/bin/qemu","-S","-name","guest=a,debug-threads=on","-device","{\"id\":\"it's\"}","-append",""]""" + "\n", "define", "--dry-run", file, "-o", "json");
    }

    [Fact]
    public async Task A_history_is_a_table()
    {
        daemon.On<HistoryEntry[]>("GET /v1/vms/web-1/history",
        [
            Samples.Entry(9, "exited", "crash", ("signal", "9"), ("output", "line one\nline two")),
            Samples.Entry(10, "ignored", null, ("deadline", "2026-03-01T12:00:05.123Z")),
        ]);
        await Prints(
            """
            VERSION  TIME                     INC  TYPE     CAUSE  BY     DATA
                  9  2026-03-01 12:00:00.009    3  exited   crash  pidfd  signal=9 output="line one\nline two"
                 10  2026-03-01 12:00:00.010    3  ignored         pidfd  deadline=12:00:05.123

            """, "history", "web-1");
    }

    [Fact]
    public async Task Operations_under_way_are_a_table()
    {
        daemon.On<OperationView[]>("GET /v1/operations", [Samples.Operation(OperationStatus.Running)]);
        await Prints(
            """
            OPERATION   VM  KIND   STATUS   AGE  BY
            op-1       104  start  running   2s  uid 0 (root)

            """, "operations");
    }

    [Fact]
    public async Task A_terminal_gets_colours_unless_it_does_not_want_them()
    {
        daemon.On<VmView[]>("GET /v1/vms", [Samples.Running]).On("GET /v1/vms/12", Samples.Stuck);
        var terminal = new Prompt(daemon.Socket) { IsTerminal = true };
        var colored = (await terminal.RunAsync("list")).Out;
        Assert.EndsWith("104  web-1  \e[32mRunning\e[0m  \e[32mrunning\e[0m    3  4711  12m  api-start\n", colored);
        Assert.Contains("\e[31mio-error\e[0m", (await terminal.RunAsync("show", "12")).Out);

        foreach (var (name, value) in new[] { ("NO_COLOR", "1"), ("TERM", "dumb") })
        {
            var plain = new Prompt(daemon.Socket) { IsTerminal = true, Environment = { [name] = value } };
            Assert.DoesNotContain("\e[", (await plain.RunAsync("list")).Out + (await plain.RunAsync("show", "12")).Out);
        }
    }

    [Fact]
    public async Task A_terminal_gets_json_on_several_lines()
    {
        daemon.On("GET /v1/vms/db", Samples.Down);
        Assert.StartsWith("{\n  \"id\": 7,\n", (await new Prompt(daemon.Socket) { IsTerminal = true }.RunAsync("show", "db", "-o", "json")).Out);
    }

    private Prompt Prompt() => new(daemon.Socket);

    private async Task Prints(string expected, params string[] args) => Assert.Equal(new Printed(0, expected, ""), await Prompt().RunAsync(args));
}
