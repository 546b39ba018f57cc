using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Vms;

namespace VmSupervisor.Supervisor.AspNetCore.Tests.Support;

/// <summary>A supervisor that does what the test says, and remembers what it was asked.</summary>
internal sealed class FakeSupervisor : IVmSupervisor
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    private readonly ConcurrentDictionary<OperationId, TaskCompletionSource<OperationView>> ends = new();
    private readonly ConcurrentDictionary<OperationId, OperationView> operations = new();
    private readonly TaskCompletionSource waitBegan = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource waitCancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource subscriptionEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IReadOnlyList<VmView> vms = [];

    public ConcurrentQueue<(VmId Vm, VmCommand Command, OperationId Operation, Caller Caller)> Submitted { get; } = new();

    /// <summary>What becomes of a command; the operation goes on running unless told.</summary>
    public Func<OperationView, OperationView> Outcome { get; set; } = running => running;

    /// <summary>How the node is shut down, given the time it has.</summary>
    public Func<TimeSpan, IReadOnlyList<OperationView>> ShutDown { get; set; } = _ => [];

    public Task<IReadOnlyList<OperationView>> ShutDownNodeAsync(TimeSpan limit, Caller caller, CancellationToken cancellationToken = default) =>
        Task.FromResult(ShutDown(limit));

    public Dictionary<VmId, VmDefinition> Definitions { get; } = [];

    public Dictionary<VmId, IReadOnlyList<HistoryEntry>> Histories { get; } = [];

    public Channel<VmEvent> Events { get; } = Channel.CreateUnbounded<VmEvent>();

    public ConcurrentQueue<long?> SubscribedAfter { get; } = new();

    public Exception? Fault { get; set; }

    public NodeView Node { get; set; } = new("a", "1.2.3", true, 0, 17, []);

    /// <summary>Somebody waits for an operation or a view.</summary>
    public Task WaitBegan => waitBegan.Task;

    /// <summary>A subscription to events has ended.</summary>
    public Task SubscriptionEnded => subscriptionEnded.Task;

    /// <summary>Somebody who waited gave up.</summary>
    public Task WaitCancelled => waitCancelled.Task;

    public static VmView View(int id, string name, string state) =>
        new(new(id), name, "a", state, new(3), state == "Running" ? "running" : "off", state == "Running" ? 4711 : null, "api-stop", Noon, null, null, 0,
            [new VolumeView("disk0", "/images/x.qcow2", true, false)], []);

    public void Show(params VmView[] views)
    {
        vms = views;
        Interlocked.Exchange(ref changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    public void End(OperationId id, OperationStatus status, Problem? problem = null)
    {
        var ended = operations[id] with { Status = status, Problem = problem, EndedAt = Noon };
        operations[id] = ended;
        ends[id].SetResult(ended);
    }

    public IReadOnlyList<VmView> List() => Fault is null ? vms : throw Fault;

    public VmView? Find(string idOrName) => vms.FirstOrDefault(vm => vm.Name == idOrName || vm.Id.ToString() == idOrName);

    public VmDefinition? FindDefinition(VmId vm) => Definitions.GetValueOrDefault(vm);

    public Dictionary<VmId, VmDefinition> Running { get; } = [];

    public VmDefinition? FindRunningDefinition(VmId vm) => Running.GetValueOrDefault(vm);

    public CommandLineResult CommandLine { get; set; } = new(["/usr/bin/qemu", "-S"], null);

    public Task<CommandLineResult> CommandLineAsync(VmDefinition definition, CancellationToken cancellationToken = default) =>
        Task.FromResult(definition.Id.Value == 104 ? CommandLine : throw new InvalidOperationException());

    public Task<OperationView> SubmitAsync(VmId vm, VmCommand command, OperationId operation, Caller caller, CancellationToken cancellationToken = default)
    {
        Submitted.Enqueue((vm, command, operation, caller));
        var view = Outcome(new OperationView(operation, vm, command.Kind, OperationStatus.Running, caller.Name, Noon, null, null, null));
        operations[operation] = view;
        var end = ends[operation] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (view.Ended)
            end.SetResult(view);
        return Task.FromResult(view);
    }

    public Task<OperationView?> FindOperationAsync(OperationId operation, CancellationToken cancellationToken = default) =>
        Task.FromResult(operations.GetValueOrDefault(operation));

    public IReadOnlyList<OperationView> Operations() => [.. operations.Values.Where(operation => !operation.Ended)];

    public async Task<OperationView?> WaitForEndAsync(OperationId operation, CancellationToken cancellationToken = default)
    {
        if (!ends.TryGetValue(operation, out var end))
            return null;
        return await WaitAsync(end.Task, cancellationToken);
    }

    public async Task<VmView?> WaitForViewAsync(VmId vm, Func<VmView?, bool> condition, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var next = changed.Task;
            var view = Find(vm.ToString());
            if (condition(view))
                return view;
            await WaitAsync(Awaited(next), cancellationToken);
        }

        static async Task<bool> Awaited(Task task)
        {
            await task;
            return true;
        }
    }

    public Task<IReadOnlyList<HistoryEntry>> HistoryAsync(VmId vm, CancellationToken cancellationToken = default) =>
        Task.FromResult(Histories.GetValueOrDefault(vm) ?? []);

    public async IAsyncEnumerable<VmEvent> EventsAsync(long? afterPosition, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        SubscribedAfter.Enqueue(afterPosition);
        try
        {
            await foreach (var value in Events.Reader.ReadAllAsync(cancellationToken))
                yield return value;
        }
        finally
        {
            subscriptionEnded.TrySetResult();
        }
    }

    private async Task<T> WaitAsync<T>(Task<T> task, CancellationToken cancellationToken)
    {
        waitBegan.TrySetResult();
        try
        {
            return await task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            waitCancelled.TrySetResult();
            throw;
        }
    }
}
