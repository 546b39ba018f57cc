using Microsoft.Extensions.Logging;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.TestKit;

namespace VmSupervisor.Supervisor.Tests.Vms;

public sealed class LogTests
{
    [Fact]
    public void A_life_is_told_in_milestones_with_its_operations_and_nothing_empty()
    {
        var log = new Lines(LogLevel.Information);
        var node = new SimulatedNode(1, logger: log);
        var vm = node.Define(104);
        node.Do(vm, new VmCommand.Start());
        node.Do(vm, new VmCommand.Stop());
        Assert.Equal(
            [
                "vm 104 incarnation 0 operation op-1: defined name=vm-104",
                "vm 104 incarnation 0 operation op-1: operation-ended ending=succeeded kind=define",
                "vm 104 incarnation 1 operation op-2: start-accepted (api-start) plan=run-directory disk0",
                "vm 104 incarnation 1 operation op-2: launched",
                "vm 104 incarnation 1 operation op-2: started",
                "vm 104 incarnation 1 operation op-2: operation-ended ending=succeeded kind=start",
                "vm 104 incarnation 1 operation op-3: stop-accepted (api-stop) mode=force",
                "vm 104 incarnation 1 operation op-3: process-exited exit=code 0",
                "vm 104 incarnation 1 operation op-3: cleaned-up (api-stop)",
                "vm 104 incarnation 1 operation op-3: operation-ended ending=succeeded kind=stop",
            ],
            log.Written.Select(l => l.Line.Split(" pid=")[0]));
        Assert.All(log.Written, l => Assert.Equal(LogLevel.Information, l.Level));
    }

    [Fact]
    public void A_crash_is_a_warning_and_belongs_to_no_operation()
    {
        var log = new Lines(LogLevel.Warning);
        var node = new SimulatedNode(1, logger: log);
        var vm = node.Define(104);
        node.Do(vm, new VmCommand.Start());
        node.Hypervisor.Kill(node.Hypervisor.Of(vm));
        node.RunUntil(() => node.View(vm).State == "CleanedUp");
        Assert.Equal([(LogLevel.Warning, "vm 104 incarnation 1: end-began (crash) detail=QEMU ended: signal 9")], log.Written);
    }

    [Fact]
    public void Steps_are_told_to_who_looks_for_a_fault()
    {
        var log = new Lines(LogLevel.Debug);
        var node = new SimulatedNode(1, logger: log);
        node.Do(node.Define(104), new VmCommand.Start());
        Assert.Contains((LogLevel.Debug, "vm 104 incarnation 1 operation op-2: guest-continued"), log.Written);
        Assert.Contains((LogLevel.Debug, "vm 104 incarnation 1 operation op-2: hook-ended phase=pre-start status=succeeded"), log.Written);
    }

    [Fact]
    public void A_line_carries_what_it_is_about_as_properties()
    {
        var log = new Lines(LogLevel.Information);
        new SimulatedNode(1, logger: log).Define(104);
        Assert.Equal("Vm=104 Incarnation=0 Operation=op-1 Event=defined Data=name=vm-104", log.Properties[0]);
    }

    private sealed class Lines(LogLevel from) : ILogger
    {
        public List<(LogLevel Level, string Line)> Written { get; } = [];

        public List<string> Properties { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= from;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;
            Written.Add((logLevel, formatter(state, exception)));
            var properties = (IEnumerable<KeyValuePair<string, object?>>)state!;
            Properties.Add(string.Join(' ', properties.Where(p => p.Key != "{OriginalFormat}").Select(p => $"{p.Key}={p.Value}")));
        }
    }
}
