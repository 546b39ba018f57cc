using System.Globalization;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Domain;

namespace VmSupervisor.Vms;

/// <summary>
/// Ends every guest of a node before its host goes down: backwards in the order of their start, those of equal order
/// together, each asked first; when the time for all is over, by force.
/// </summary>
internal sealed class NodeShutdown(NodeSupervisor supervisor, TimeSpan limit, Caller caller, TimeProvider time)
{
    /// <summary>Returns how each VM ended, in that order.</summary>
    public async Task<IReadOnlyList<OperationView>> RunAsync(CancellationToken cancellationToken)
    {
        var deadline = time.GetUtcNow() + limit;
        var ended = new List<OperationView>();
        foreach (var together in StartupOrder.Of(supervisor, NeedsAnEnd).Reverse().ToArray())
            ended.AddRange(await Task.WhenAll(together.Select(vm => EndAsync(vm, deadline, cancellationToken))));
        return ended;
    }

    /// <summary>One that waits to be started again is told that nobody wants it up any more.</summary>
    private bool NeedsAnEnd(VmDefinition vm) => supervisor.Find(vm.Id.ToString()) is { } view && (view.State != Api.AtRest || view.Activity is not null);

    private async Task<OperationView> EndAsync(VmDefinition vm, DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        var left = deadline - time.GetUtcNow();
        VmCommand command = left > TimeSpan.Zero
            ? new VmCommand.Shutdown(ForceAfter: left < vm.ShutdownTimeout ? left : vm.ShutdownTimeout)
            : new VmCommand.Stop();
        var operation = OperationId.Parse(string.Create(CultureInfo.InvariantCulture, $"node-shutdown-{deadline.UtcTicks:x}-{vm.Id}"));
        Wish wish = command is VmCommand.Shutdown shutdown
            ? new Wish.Shutdown(shutdown.Timeout, shutdown.ForceAfter, shutdown.KeepActive)
            : new Wish.Stop(KeepActive: false);
        return await supervisor.CarryOutAsync(vm.Id, command, wish, operation, caller, cancellationToken);
    }
}
