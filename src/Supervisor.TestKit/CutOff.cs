using System.Runtime.CompilerServices;
using VmSupervisor.Actors.Persistence;
using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Hooks;
using VmSupervisor.Migration;
using VmSupervisor.Qemu;
using VmSupervisor.Resources;

namespace VmSupervisor.TestKit;

/// <summary>
/// Stands between a supervisor and its world, and can be cut: from then on nothing that supervisor begins reaches the
/// world, and nothing it waits for comes back, as after SIGKILL. What the world had taken up goes on.
/// </summary>
internal sealed partial class CutOff
{
    private readonly CancellationTokenSource _killed = new();

    public CutOff(IJournal journal, IHypervisor hypervisor, IHookRunner hooks, IResources resources, IBackupJobs backups, SimulatedMemory memory, IMigrations migrations, IConversation peers,
        IMirrors mirrors, ISharedStorage sharedStorage, ISessionImages images)
    {
        Memories = new MemoriesSide(this, memory);
        Backups = new BackupSide(this, backups);
        Memory = new MemorySide(this, memory);
        Migrations = new MigrationsSide(this, migrations);
        Peers = new PeersSide(this, peers);
        Mirrors = new MirrorsSide(this, mirrors);
        SharedStorage = new SharedStorageSide(this, sharedStorage);
        Images = new ImagesSide(this, images);
        Journal = new JournalSide(this, journal);
        Hypervisor = new HypervisorSide(this, hypervisor);
        Hooks = new HooksSide(this, hooks);
        Resources = new ResourcesSide(this, resources);
    }

    public IJournal Journal { get; }

    public IHypervisor Hypervisor { get; }

    public IHookRunner Hooks { get; }

    public IResources Resources { get; }

    public IBackupJobs Backups { get; }

    public IGuestMemory Memory { get; }

    public ISavedMemories Memories { get; }

    public IMigrations Migrations { get; }

    public IConversation Peers { get; }

    public IMirrors Mirrors { get; }

    public ISharedStorage SharedStorage { get; }

    public ISessionImages Images { get; }

    public void Cut() => _killed.Cancel();

    private bool IsCut => _killed.IsCancellationRequested;

    private async Task<T> Pass<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _killed.Token);
        try
        {
            if (IsCut)
                return await Never<T>();
            var result = await call(either.Token);
            return IsCut ? await Never<T>() : result;
        }
        catch (OperationCanceledException) when (IsCut)
        {
            return await Never<T>();
        }
    }

    private Task Pass(Func<CancellationToken, Task> call, CancellationToken cancellationToken) => Pass(
        async token =>
        {
            await call(token);
            return true;
        },
        cancellationToken);

    /// <summary>What is told after the cut is heard by nobody.</summary>
    private Action<T> Unless<T>(Action<T> tell) => one =>
    {
        if (!IsCut)
            tell(one);
    };

    private static Task<T> Never<T>() => new TaskCompletionSource<T>().Task;

    private sealed class HypervisorSide(CutOff side, IHypervisor inner) : IHypervisor
    {
        private readonly HashSet<ProcessKey> _children = [];

        public Task<string?> ResolveMachineAsync(string machine, CancellationToken cancellationToken) =>
            side.Pass(token => inner.ResolveMachineAsync(machine, token), cancellationToken);

        public Task<PlannedLaunch> PlanAsync(LaunchRequest request, CancellationToken cancellationToken) =>
            side.Pass(token => inner.PlanAsync(request, token), cancellationToken);

        public Task ForgetAsync(VmId vm, CancellationToken cancellationToken) => side.Pass(token => inner.ForgetAsync(vm, token), cancellationToken);

        public Task<LaunchResult> LaunchAsync(LaunchRequest request, CancellationToken cancellationToken)
        {
            _children.Add(request.Key);
            return side.Pass(token => inner.LaunchAsync(request, token), cancellationToken);
        }

        public Task<ProcessExit> ExtinguishAsync(ProcessKey key, ProcessIdentity? identity, Action<string> stuck, CancellationToken cancellationToken) =>
            side.Pass(token => inner.ExtinguishAsync(key, identity, stuck, token), cancellationToken);

        public Task<ProbeResult> ProbeAsync(ProcessKey key, ProcessIdentity? identity, CancellationToken cancellationToken) =>
            side.Pass(token => inner.ProbeAsync(key, identity, token), cancellationToken);

        /// <summary>The kernel tells only the parent how a process ended.</summary>
        public Task<ProcessExit> WaitForExitAsync(ProcessKey key, ProcessIdentity identity, CancellationToken cancellationToken) =>
            side.Pass(async token => await inner.WaitForExitAsync(key, identity, token) is var exit && _children.Contains(key) ? exit : ProcessExit.Unknowable, cancellationToken);

        public Task<string> FollowGuestAsync(ProcessKey key, Action<GuestNews> news, CancellationToken cancellationToken) =>
            side.Pass(token => inner.FollowGuestAsync(
                key,
                side.Unless(news),
                token), cancellationToken);

        public Task<MonitorResult> ContinueAsync(ProcessKey key, CancellationToken cancellationToken) =>
            side.Pass(token => inner.ContinueAsync(key, token), cancellationToken);

        public Task<MonitorResult> PauseAsync(ProcessKey key, CancellationToken cancellationToken) =>
            side.Pass(token => inner.PauseAsync(key, token), cancellationToken);

        public Task<MonitorResult> ResetAsync(ProcessKey key, CancellationToken cancellationToken) =>
            side.Pass(token => inner.ResetAsync(key, token), cancellationToken);

        public Task<MonitorResult> PowerDownAsync(ProcessKey key, CancellationToken cancellationToken) =>
            side.Pass(token => inner.PowerDownAsync(key, token), cancellationToken);

        public Task<MonitorResult> QuitAsync(ProcessKey key, CancellationToken cancellationToken) =>
            side.Pass(token => inner.QuitAsync(key, token), cancellationToken);

        public Task<LookResult> LookAsync(ProcessKey key, ProcessIdentity identity, CancellationToken cancellationToken) =>
            side.Pass(token => inner.LookAsync(key, identity, token), cancellationToken);

        public Task SignalAsync(ProcessKey key, ProcessIdentity identity, StopSignal signal, CancellationToken cancellationToken) =>
            side.Pass(token => inner.SignalAsync(key, identity, signal, token), cancellationToken);
    }

    private sealed class BackupSide(CutOff side, IBackupJobs inner) : IBackupJobs
    {
        public Task<BackupStart> StartAsync(ProcessKey key, BackupRequest request, CancellationToken cancellationToken) =>
            side.Pass(token => inner.StartAsync(key, request, token), cancellationToken);

        public Task<BackupEnd> FollowAsync(ProcessKey key, BackupRequest request, Action<BackupProgress> progress, CancellationToken cancellationToken) =>
            side.Pass(token => inner.FollowAsync(key, request, side.Unless(progress), token), cancellationToken);

        public Task<MonitorResult> CancelAsync(ProcessKey key, BackupRequest request, CancellationToken cancellationToken) =>
            side.Pass(token => inner.CancelAsync(key, request, token), cancellationToken);

        public void RemovePartial(BackupRequest request)
        {
            if (!side.IsCut)
                inner.RemovePartial(request);
        }
    }

    private sealed class MemorySide(CutOff side, IGuestMemory inner) : IGuestMemory
    {
        public Task<SaveResult> SaveAsync(ProcessKey key, string path, Action<SaveProgress> progress, CancellationToken cancellationToken) =>
            side.Pass(token => inner.SaveAsync(key, path, side.Unless(progress), token), cancellationToken);

        public Task<MonitorResult> DiscardAsync(ProcessKey key, string path, CancellationToken cancellationToken) =>
            side.Pass(token => inner.DiscardAsync(key, path, token), cancellationToken);
    }

    private sealed class MemoriesSide(CutOff side, ISavedMemories inner) : ISavedMemories
    {
        public string PathOf(VmId vm, Incarnation of) => inner.PathOf(vm, of);

        public string Prepare(VmId vm, Incarnation of) => inner.Prepare(vm, of);

        public void Note(VmId vm, Incarnation of, IEnumerable<Step.Volume> volumes) => inner.Note(vm, of, volumes);

        public void Check(VmId vm, Incarnation of, IEnumerable<Step.Volume> volumes) => inner.Check(vm, of, volumes);

        public void Remove(VmId vm, Incarnation of)
        {
            if (!side.IsCut)
                inner.Remove(vm, of);
        }
    }

    private sealed class HooksSide(CutOff side, IHookRunner inner) : IHookRunner
    {
        public Task<HookOutcome> RunAsync(HookRequest request, CancellationToken cancellationToken) =>
            side.Pass(token => inner.RunAsync(request, token), cancellationToken);

        public Task<HookOutcome> EndAsync(HookRequest request, CancellationToken cancellationToken) =>
            side.Pass(token => inner.EndAsync(request, token), cancellationToken);

        public Task ForgetAsync(VmId vm, Incarnation upTo, CancellationToken cancellationToken) =>
            side.Pass(token => inner.ForgetAsync(vm, upTo, token), cancellationToken);
    }

    private sealed class ResourcesSide(CutOff side, IResources inner) : IResources
    {
        public Task<Grant> AcquireAsync(ProcessKey key, Step step, CancellationToken cancellationToken) =>
            side.Pass(token => inner.AcquireAsync(key, step, token), cancellationToken);

        public Task ReleaseAsync(ProcessKey key, Step step, CancellationToken cancellationToken) =>
            side.Pass(token => inner.ReleaseAsync(key, step, token), cancellationToken);

        public string? WhyNot(Step step) => inner.WhyNot(step);

        public string? Remark(ProcessKey key) => inner.Remark(key);

        public string? WhyKilled(ProcessKey key) => inner.WhyKilled(key);
    }

    private sealed class JournalSide(CutOff side, IJournal inner) : IJournal
    {
        public Task<AppendResult> AppendAsync(AppendRequest request, CancellationToken cancellationToken = default) =>
            side.Pass(token => inner.AppendAsync(request, token), cancellationToken);

        public async IAsyncEnumerable<JournalEvent> ReadAsync(
            string persistenceId, long fromVersion, long toVersion = long.MaxValue, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await foreach (var e in inner.ReadAsync(persistenceId, fromVersion, toVersion, cancellationToken))
                yield return e;
        }

        public Task<long> HighestVersionAsync(string persistenceId, CancellationToken cancellationToken = default) =>
            side.Pass(token => inner.HighestVersionAsync(persistenceId, token), cancellationToken);

        public Task<IReadOnlyList<JournalEvent>> ReadAllAsync(long afterPosition, int limit, CancellationToken cancellationToken = default) =>
            side.Pass(token => inner.ReadAllAsync(afterPosition, limit, token), cancellationToken);

        public Task<long> HighestPositionAsync(CancellationToken cancellationToken = default) =>
            side.Pass(token => inner.HighestPositionAsync(token), cancellationToken);

        public Task<IReadOnlyList<string>> PersistenceIdsAsync(CancellationToken cancellationToken = default) =>
            side.Pass(token => inner.PersistenceIdsAsync(token), cancellationToken);

        public Task<IReadOnlyList<EventKind>> EventKindsAsync(CancellationToken cancellationToken = default) =>
            side.Pass(token => inner.EventKindsAsync(token), cancellationToken);

        public Task SaveSnapshotAsync(JournalSnapshot snapshot, CancellationToken cancellationToken = default) =>
            side.Pass(token => inner.SaveSnapshotAsync(snapshot, token), cancellationToken);

        public Task<JournalSnapshot?> LoadSnapshotAsync(string persistenceId, long maxVersion = long.MaxValue, CancellationToken cancellationToken = default) =>
            side.Pass(token => inner.LoadSnapshotAsync(persistenceId, maxVersion, token), cancellationToken);

        public Task DeleteSnapshotsAsync(string persistenceId, long toVersion, CancellationToken cancellationToken = default) =>
            side.Pass(token => inner.DeleteSnapshotsAsync(persistenceId, toVersion, token), cancellationToken);

        public Task DeleteEventsAsync(string persistenceId, long toVersion, CancellationToken cancellationToken = default) =>
            side.Pass(token => inner.DeleteEventsAsync(persistenceId, toVersion, token), cancellationToken);

        public Task<Receipt?> FindReceiptAsync(string key, CancellationToken cancellationToken = default) =>
            side.Pass(token => inner.FindReceiptAsync(key, token), cancellationToken);

        public Task AddNoteAsync(JournalNote note, CancellationToken cancellationToken = default) =>
            side.Pass(token => inner.AddNoteAsync(note, token), cancellationToken);

        public Task<IReadOnlyList<JournalNote>> ReadNotesAsync(string persistenceId, int limit, CancellationToken cancellationToken = default) =>
            side.Pass(token => inner.ReadNotesAsync(persistenceId, limit, token), cancellationToken);
    }
}
