using Microsoft.Extensions.Logging;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Domain;
using VmSupervisor.Vms;

namespace VmSupervisor.Hosting;

/// <summary>
/// Starts the VMs that are to start with the host: once per boot, so that a VM which a person stopped stays down when
/// the supervisor is upgraded. Lower orders come first, equal ones together.
/// </summary>
/// <remarks>
/// A supervisor that is killed in the middle is followed by one that goes on: the ids of the operations are made of the
/// boot, so those that were accepted are not accepted again, and only when all have ended is the boot written down.
/// </remarks>
internal sealed partial class Autostart(NodeSupervisor supervisor, IAutostartMark mark, string bootId, TimeProvider time, ILogger logger)
{
    /// <summary>Returns when every VM that was to start has started or failed to.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (mark.Read() == bootId)
                return;
            var groups = StartupOrder.Of(supervisor, definition => definition.Autostart).ToArray();
            for (var i = 0; i < groups.Length; i++)
            {
                await Task.WhenAll(groups[i].Select(vm => StartAsync(vm, cancellationToken)));
                if (i + 1 < groups.Length && groups[i].Max(vm => vm.StartupDelay) is var delay && delay > TimeSpan.Zero)
                    await Task.Delay(delay, time, cancellationToken);
            }

            mark.Write(bootId);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The next supervisor goes on.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotWritten(mark.Place, e.Message);
        }
    }

    private async Task StartAsync(VmDefinition vm, CancellationToken cancellationToken)
    {
        var operation = OperationId.Parse($"autostart-{bootId[..Math.Min(bootId.Length, 32)]}-{vm.Id}");
        var view = await supervisor.CarryOutAsync(
            vm.Id, new VmCommand.Start(), new Wish.Start(Paused: false, Cause.Autostart), operation, new Caller("autostart"), cancellationToken);
        if (view is { Status: not OperationStatus.Succeeded, Problem: { } problem })
            LogNotStarted(problem.Detail);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "autostart: {Why}")]
    private partial void LogNotStarted(string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "autostart: {Place} cannot be read or written, so it may be done again: {Why}")]
    private partial void LogNotWritten(string place, string why);
}
