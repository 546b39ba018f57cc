using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Views;
using VmSupervisor.TestKit;
using VmSupervisor.Vms;

namespace VmSupervisor.Client.Tests.Support;

/// <summary>
/// A simulated node that real clients can talk to: the production supervisor over a simulated host, on one thread of its own. Its
/// virtual time goes on while an operation is under way or a VM is on its way, and stands still otherwise.
/// </summary>
internal sealed class LiveNode : IVmSupervisor, IDisposable
{
    private readonly BlockingCollection<Action> inbox = [];
    private readonly Thread thread;
    private readonly SimulatedNode node;
    private TaskCompletionSource moved = NewSignal();
    private long shown;
    private int commands;

    public LiveNode(string name, long seed = 1)
    {
        node = new SimulatedNode(seed, name: name);
        thread = new Thread(Run) { IsBackground = true, Name = $"simulated node {name}" };
        thread.Start();
    }

    public NodeView Node => node.Supervisor.Node;

    /// <summary>Everything that is durable, of all VMs.</summary>
    public Task<IReadOnlyList<Journaled>> JournalAsync() => OnNodeAsync<IReadOnlyList<Journaled>>(() => [.. node.JournaledAfter(0)]);

    /// <summary>SIGKILL of the supervisor; another one begins.</summary>
    public Task RestartAsync() => OnNodeAsync(() =>
    {
        commands = 0;
        node.Restart();
        return true;
    });

    /// <summary>SIGKILL of a VM's QEMU.</summary>
    public Task KillAsync(VmId vm) => OnNodeAsync(() =>
    {
        node.Hypervisor.Kill(node.Hypervisor.Of(vm));
        return true;
    });

    public IReadOnlyList<VmView> List() => node.Supervisor.List();

    public VmView? Find(string idOrName) => node.Supervisor.Find(idOrName);

    public VmDefinition? FindDefinition(VmId vm) => node.Supervisor.FindDefinition(vm);

    public VmDefinition? FindRunningDefinition(VmId vm) => node.Supervisor.FindRunningDefinition(vm);

    public IReadOnlyList<OperationView> Operations() => node.Supervisor.Operations();

    public Task<CommandLineResult> CommandLineAsync(VmDefinition definition, CancellationToken cancellationToken = default) =>
        AskAsync(token => node.Supervisor.CommandLineAsync(definition, token), cancellationToken);

    public Task<OperationView> SubmitAsync(VmId vm, VmCommand command, OperationId operation, Caller caller, CancellationToken cancellationToken = default) =>
        AskAsync(
            async token =>
            {
                commands++;
                try
                {
                    return await node.Supervisor.SubmitAsync(vm, command, operation, caller, token);
                }
                finally
                {
                    commands--;
                }
            },
            cancellationToken);

    public Task<IReadOnlyList<OperationView>> ShutDownNodeAsync(TimeSpan limit, Caller caller, CancellationToken cancellationToken = default) =>
        AskAsync(token => node.Supervisor.ShutDownNodeAsync(limit, caller, token), cancellationToken);

    public Task<OperationView?> FindOperationAsync(OperationId operation, CancellationToken cancellationToken = default) =>
        AskAsync(token => node.Supervisor.FindOperationAsync(operation, token), cancellationToken);

    public Task<OperationView?> WaitForEndAsync(OperationId operation, CancellationToken cancellationToken = default) =>
        AskAsync(token => node.Supervisor.WaitForEndAsync(operation, token), cancellationToken);

    public Task<VmView?> WaitForViewAsync(VmId vm, Func<VmView?, bool> condition, CancellationToken cancellationToken = default) =>
        AskAsync(token => node.Supervisor.WaitForViewAsync(vm, condition, token), cancellationToken);

    public Task<IReadOnlyList<HistoryEntry>> HistoryAsync(VmId vm, CancellationToken cancellationToken = default) =>
        AskAsync(token => node.Supervisor.HistoryAsync(vm, token), cancellationToken);

    public async IAsyncEnumerable<VmEvent> EventsAsync(long? afterPosition, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var position = afterPosition ?? Node.Position;
        while (true)
        {
            var next = Volatile.Read(ref moved).Task;
            var upTo = Node.Position;
            if (upTo <= position)
            {
                await next.WaitAsync(cancellationToken);
                continue;
            }

            foreach (var happened in await AskAsync(token => ReadAsync(position, upTo, token), cancellationToken))
                yield return happened;
            position = upTo;
        }
    }

    public void Dispose()
    {
        inbox.CompleteAdding();
        thread.Join();
        inbox.Dispose();
    }

    // What is visible already, so that nothing of it waits.
    private async Task<IReadOnlyList<VmEvent>> ReadAsync(long after, long upTo, CancellationToken cancellationToken)
    {
        var events = new List<VmEvent>();
        await foreach (var happened in node.Supervisor.EventsAsync(after, cancellationToken))
        {
            events.Add(happened);
            if (happened.Position >= upTo)
                break;
        }

        return events;
    }

    private void Run()
    {
        foreach (var work in inbox.GetConsumingEnumerable())
        {
            work();
            node.Dispatcher.RunUntil(() => inbox.Count > 0 || (node.Dispatcher.IsIdle && !IsBusy()), TimeSpan.FromHours(1));
            if (Node.Position is var position && position != shown)
            {
                shown = position;
                Interlocked.Exchange(ref moved, NewSignal()).SetResult();
            }
        }
    }

    private bool IsBusy() => commands > 0 || node.Supervisor.Operations().Count > 0 || node.Supervisor.List().Any(vm => vm.State is "Starting" or "Stopping");

    private Task<T> OnNodeAsync<T>(Func<T> work) => PostAsync(_ => Task.FromResult(work()), CancellationToken.None);

    private Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken) =>
        PostAsync(token => node.Dispatcher.Start(() => ask(token)), cancellationToken);

    /// <summary>Everything happens on the node's thread, cancellation too; whoever waits goes on elsewhere.</summary>
    private async Task<T> PostAsync<T>(Func<CancellationToken, Task<T>> begin, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var cancellation = new CancellationTokenSource();
        await using var registration = cancellationToken.Register(() => TryPost(() =>
        {
            if (!done.Task.IsCompleted)
                cancellation.Cancel();
        }));
        if (!TryPost(() => _ = CompleteAsync(begin(cancellation.Token), done)))
            throw new OperationCanceledException("the node is gone");
        return await done.Task;
    }

    private static Task CompleteAsync<T>(Task<T> task, TaskCompletionSource<T> done) => task.ContinueWith(
        ended =>
        {
            if (ended.IsCompletedSuccessfully)
                done.TrySetResult(ended.Result);
            else if (ended.Exception?.InnerException is { } e and not OperationCanceledException)
                done.TrySetException(e);
            else
                done.TrySetCanceled();
        },
        CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private bool TryPost(Action work)
    {
        try
        {
            inbox.Add(work);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
