using System.Text.Json;
using System.Threading.Channels;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Consoles.Monitors;

/// <summary>Somebody at a monitor, from attaching until the incarnation's end at the latest.</summary>
internal sealed class MonitorAttachment : IAsyncDisposable
{
    // Beyond it a client takes nothing any more: a storm of events comes to some hundreds.
    private const int MostWaiting = 4096;

    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(2);

    private readonly VmMonitors monitors;
    private readonly VmView vm;
    private readonly Caller caller;
    private readonly MonitorLanguage language;
    private readonly SharedMonitor monitor;
    private readonly Channel<MonitorNews> outgoing = Channel.CreateBounded<MonitorNews>(MostWaiting);
    private bool left;

    public MonitorAttachment(VmMonitors monitors, VmView vm, Caller caller, MonitorLanguage language)
    {
        (this.monitors, this.vm, this.caller, this.language) = (monitors, vm, caller, language);
        monitor = monitors.Enter(vm);
    }

    /// <summary>Sends answers and events until the incarnation ends.</summary>
    /// <exception cref="SlowClientException">More waits for the client than it takes.</exception>
    public async Task ServeAsync(IMonitorClient client, CancellationToken cancellationToken)
    {
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ended = EndAsync(leave.Token);
        try
        {
            if (language == MonitorLanguage.Qmp)
                monitor.Listen(Heard);
            if (await GreetAsync(client, cancellationToken) is { } fault)
            {
                // A process that is just ending is no fault; that takes milliseconds.
                if (fault.Kind != QmpFaultKind.Silent)
                    await Task.WhenAny(ended, Task.Delay(EndPatience, monitors.Time, leave.Token));
                GiveUp(fault);
            }

            await foreach (var news in outgoing.Reader.ReadAllAsync(cancellationToken))
                await client.TellAsync(news, cancellationToken);
        }
        finally
        {
            monitor.Leave(Heard);
            await leave.CancelAsync();
            await ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Does what the client sent; the answer goes the way of all news.</summary>
    public async Task DoAsync(string text, CancellationToken cancellationToken)
    {
        MonitorNews answer;
        if (language == MonitorLanguage.Human)
        {
            var command = MonitorCommand.OfLine(text);
            monitors.LogSent(vm.Id, vm.Incarnation, caller.Name, command.ForLog());
            answer = MonitorAnswers.ForPeople(await monitor.ExecuteAsync(command.ToQmp(), cancellationToken));
        }
        else if (!MonitorCommand.TryRead(text, out var command, out var fault))
        {
            answer = MonitorAnswers.Refused(fault);
        }
        else if (command.Name == MonitorCommand.Capabilities)
        {
            answer = MonitorAnswers.Nothing(command.Id);
        }
        else
        {
            monitors.LogSent(vm.Id, vm.Incarnation, caller.Name, command.ForLog());
            answer = MonitorAnswers.ForPrograms(await monitor.ExecuteAsync(command.ToQmp(), cancellationToken), command.Id);
        }

        try
        {
            // Waits for room: who does not take the answers gives no further commands.
            await outgoing.Writer.WriteAsync(answer, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            // The end has been told, and nobody waits for this any more.
        }
    }

    /// <summary>Notes that the client was given up.</summary>
    public void Drop(string reason) => monitors.LogDropped(vm.Id, caller.Name, reason);

    public ValueTask DisposeAsync()
    {
        if (left)
            return ValueTask.CompletedTask;
        left = true;
        return monitors.LeaveAsync(vm, monitor);
    }

    /// <summary>Says that commands are taken; else why the monitor cannot be opened.</summary>
    private async Task<QmpFault?> GreetAsync(IMonitorClient client, CancellationToken cancellationToken)
    {
        var opened = await monitor.OpenAsync(cancellationToken);
        if (opened is not QmpOpened.Ready(var connection))
            return ((QmpOpened.Failed)opened).Fault;
        var greeting = new Dictionary<string, JsonElement> { ["QMP"] = connection.Greeting.Message };
        await client.TellAsync(
            new(MonitorNewsKind.Attached) { Incarnation = vm.Incarnation, Message = JsonSerializer.SerializeToElement(greeting) }, cancellationToken);
        return null;
    }

    private void GiveUp(QmpFault fault)
    {
        var why = fault.Kind == QmpFaultKind.Silent ? $"{fault.Detail}: is another program connected to it, or does QEMU hang?" : fault.Detail;
        outgoing.Writer.TryWrite(new(MonitorNewsKind.Dropped) { Incarnation = vm.Incarnation, Reason = $"vm {vm.Id} ({vm.Name}): {why}" });
        outgoing.Writer.TryComplete();
    }

    private void Heard(QmpEvent happened)
    {
        if (!outgoing.Writer.TryWrite(new(MonitorNewsKind.Event) { Message = happened.Message }))
            outgoing.Writer.TryComplete(new SlowClientException($"{MostWaiting} events and answers wait for it"));
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        var now = await monitors.WaitForEndAsync(vm, cancellationToken);
        await outgoing.Writer.WriteAsync(
            new MonitorNews(MonitorNewsKind.Ended) { Incarnation = vm.Incarnation, Reason = IncarnationFiles.WhyEnded(now, vm.Id, vm.Incarnation) }, cancellationToken);
        outgoing.Writer.TryComplete();
    }
}
