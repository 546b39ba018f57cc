using System.Text.Json;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting;
using VmSupervisor.Contracts;
using VmSupervisor.Daemon.Logging;

namespace VmSupervisor.Supervisor.Daemon.Tests;

public sealed class LogTests
{
    [Fact]
    public void A_line_of_a_vm_carries_vm_incarnation_and_operation()
    {
        var json = JsonDocument.Parse(LogInScope(new JsonLine())).RootElement;

        Assert.Equal(104, json.GetProperty("vm").GetInt32());
        Assert.Equal(3, json.GetProperty("incarnation").GetInt64());
        Assert.Equal("op-1", json.GetProperty("operation").GetString());
        Assert.Equal("warning", json.GetProperty("level").GetString());
        Assert.Equal("Vms", json.GetProperty("logger").GetString());
        Assert.Equal("pid 4711 of web-1 does not die", json.GetProperty("message").GetString());
        Assert.Equal(4711, json.GetProperty("Pid").GetInt32());
        Assert.Equal("System.InvalidOperationException: no", json.GetProperty("exception").GetString());
        Assert.EndsWith("Z", json.GetProperty("time").GetString());
    }

    [Fact]
    public void A_json_line_is_one_line() => Assert.Single(LogInScope(new JsonLine()).TrimEnd('\n').Split('\n'));

    [Fact]
    public void A_line_for_people_names_the_vm_first() =>
        Assert.Matches(
            @"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} warning vm 104 #3 op-1: pid 4711 of web-1 does not die\nSystem.InvalidOperationException: no\n$",
            LogInScope(new TextLine()));

    [Fact]
    public void A_message_that_names_the_vm_itself_carries_the_same_properties_and_has_no_subject()
    {
        const string message = "vm {Vm} incarnation {Incarnation} operation {Operation}: {Event}";

        var json = JsonDocument.Parse(Log(new JsonLine(), message, 104, 3L, "op-1", "started")).RootElement;

        Assert.Equal((104, 3L), (json.GetProperty("vm").GetInt32(), json.GetProperty("incarnation").GetInt64()));
        Assert.Equal("op-1", json.GetProperty("operation").GetString());
        Assert.Equal("started", json.GetProperty("Event").GetString());
        Assert.False(json.TryGetProperty("Vm", out _));
        Assert.EndsWith(" info    vm 104 incarnation 3 operation -: started\n", Log(new TextLine(), message, 104, 3L, null, "started"));
    }

    [Fact]
    public void A_line_of_no_vm_has_no_subject()
    {
        Assert.EndsWith(" info    ready\n", Log(new TextLine(), "ready"));
    }

    [Fact]
    public async Task A_log_that_nobody_reads_holds_up_nobody_and_the_loss_is_counted()
    {
        var held = new TaskCompletionSource();
        var lines = new List<string>();
        var target = new LoggerConfiguration().WriteTo.Sink(new Held(held.Task, lines)).CreateLogger();
        var sink = new BackgroundSink(target);
        using var log = new LoggerConfiguration().WriteTo.Sink(sink).CreateLogger();

        // More than the queue holds, while the target is held.
        for (var i = 0; i < 10_000; i++)
            log.Information("line");
        held.SetResult();
        await log.DisposeAsync();

        var lost = Assert.Single(lines, line => line != "line");
        Assert.Matches(@"^\d+ log lines were lost: whoever takes the log is too slow$", lost);
        Assert.Equal(10_000, lines.Count - 1 + int.Parse(lost.Split(' ')[0]));
    }

    private static string Log(ITextFormatter formatter, string message, params object?[] properties)
    {
        using var output = new StringWriter();
        using var log = new LoggerConfiguration().WriteTo.Sink(new Formatting(formatter, output)).CreateLogger();
        log.Information(message, properties);
        return output.ToString();
    }

    private static string LogInScope(ITextFormatter formatter)
    {
        using var output = new StringWriter();
        using var log = new LoggerConfiguration().Enrich.FromLogContext().WriteTo.Sink(new Formatting(formatter, output)).CreateLogger();
        using var factory = new SerilogLoggerFactory(log);
        var logger = factory.CreateLogger("Vms");
        var scope = new Dictionary<string, object>
        {
            ["vm"] = new VmId(104),
            ["incarnation"] = new Incarnation(3),
            ["operation"] = OperationId.Parse("op-1"),
        };
        using (logger.BeginScope(scope))
            logger.LogWarning(new InvalidOperationException("no"), "pid {Pid} of {Name} does not die", 4711, "web-1");
        return output.ToString();
    }

    private sealed class Formatting(ITextFormatter formatter, TextWriter output) : ILogEventSink
    {
        public void Emit(LogEvent logEvent) => formatter.Format(logEvent, output);
    }

    private sealed class Held(Task release, List<string> lines) : ILogEventSink
    {
        public void Emit(LogEvent logEvent)
        {
            release.Wait();
            lines.Add(logEvent.RenderMessage());
        }
    }
}
