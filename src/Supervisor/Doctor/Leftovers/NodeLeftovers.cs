using Microsoft.Extensions.Logging;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Domain;

namespace VmSupervisor.Doctor.Leftovers;

/// <summary>Finds leftovers of all kinds, and removes them in the order of the kinds.</summary>
/// <param name="kinds">Processes first, then what they use.</param>
/// <param name="note">Notes durably in a VM's history, before it is done, what is done by whom.</param>
/// <param name="logger">Where it is logged.</param>
internal sealed partial class NodeLeftovers(
    IReadOnlyList<ILeftoverKind> kinds, Func<VmId, Incarnation, string, string, CancellationToken, Task> note, ILogger logger) : INodeLeftovers
{
    private readonly SemaphoreSlim gate = new(1);

    /// <inheritdoc/>
    public IReadOnlyList<LeftoverView> Find() => [.. kinds.SelectMany(kind => kind.Find()).Select(leftover => leftover.View)];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LeftoverRemoval>> RemoveAsync(
        IReadOnlyList<string> ids, Caller caller, CancellationToken cancellationToken = default)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            var done = new List<LeftoverRemoval>();
            foreach (var kind in kinds)
            {
                // Looked for anew: what is somebody's now, or another one under the same name, is not removed.
                foreach (var leftover in kind.Find().Where(found => ids.Contains(found.View.Id)))
                    done.Add(await RemoveAsync(leftover, caller, cancellationToken));
            }

            var gone = ids.Except(done.Select(d => d.Id)).Select(id => new LeftoverRemoval(id, true, "it is not there any more, or belongs to a VM now"));
            return [.. done, .. gone];
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<LeftoverRemoval> RemoveAsync(Leftover leftover, Caller caller, CancellationToken cancellationToken)
    {
        var view = leftover.View;
        if (leftover.RemoveAsync is not { } remove)
            return new(view.Id, false, $"it is left alone: {view.Why}");
        try
        {
            await note(view.Vm, leftover.Life, caller.Name, $"{view.Found}: {view.Action}", cancellationToken);
            var result = await remove(cancellationToken);
            LogRemoved(caller.Name, view.Found, result);
            return new(view.Id, true, result);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogNotRemoved(caller.Name, view.Found, e.Message);
            return new(view.Id, false, e.Message);
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{Caller} had a leftover removed: {Found}: {Result}")]
    private partial void LogRemoved(string caller, string found, string result);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "{Caller} wanted a leftover removed: {Found}; it could not be: {Reason}")]
    private partial void LogNotRemoved(string caller, string found, string reason);
}
