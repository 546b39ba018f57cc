using System.Collections.Frozen;
using VmSupervisor.Domain;

namespace VmSupervisor.Vms.Journal;

/// <summary>
/// The stored names of events and the version of their shape. A name is never given to anything else; a shape that
/// changes so that older bytes no longer read gets the next version and a reader for the older one.
/// </summary>
internal static class EventTypes
{
    private static readonly (Type Type, string Name, int Version)[] All =
    [
        (typeof(Event.Defined), "defined", 1),
        (typeof(Event.Undefined), "undefined", 1),
        (typeof(Event.StartAccepted), "start-accepted", 1),
        (typeof(Event.StartJoined), "start-joined", 1),
        (typeof(Event.LookAccepted), "look-accepted", 1),
        (typeof(Event.StartDeferred), "start-deferred", 1),
        (typeof(Event.RequestAccepted), "request-accepted", 1),
        (typeof(Event.StopAccepted), "stop-accepted", 1),
        (typeof(Event.KeptReleaseAccepted), "kept-release-accepted", 1),
        (typeof(Event.OperationEnded), "operation-ended", 1),
        (typeof(Event.HookEnded), "hook-ended", 1),
        (typeof(Event.Launched), "launched", 1),
        (typeof(Event.GuestContinued), "guest-continued", 1),
        (typeof(Event.Adopted), "adopted", 1),
        (typeof(Event.GuestChanged), "guest-changed", 1),
        (typeof(Event.GuestReset), "guest-reset", 1),
        (typeof(Event.ProcessExited), "process-exited", 1),
        (typeof(Event.ReleaseFailed), "release-failed", 1),
        (typeof(Event.Released), "released", 1),
        (typeof(Event.ProblemNoted), "problem-noted", 1),
        (typeof(Event.StartAdvanced), "start-advanced", 1),
        (typeof(Event.Started), "started", 1),
        (typeof(Event.EndBegan), "end-began", 1),
        (typeof(Event.StopAdvanced), "stop-advanced", 1),
        (typeof(Event.StopGivenUp), "stop-given-up", 1),
        (typeof(Event.CleanedUp), "cleaned-up", 1),
        (typeof(Event.RestartScheduled), "restart-scheduled", 1),
        (typeof(Event.RestartAbandoned), "restart-abandoned", 1),
        (typeof(Event.RestartDropped), "restart-dropped", 1),
        (typeof(Event.RanWell), "ran-well", 1),
        (typeof(Event.BackupAccepted), "backup-accepted", 1),
        (typeof(Event.BackupBegan), "backup-began", 1),
        (typeof(Event.BackupJoined), "backup-joined", 1),
        (typeof(Event.BackupDropped), "backup-dropped", 1),
        (typeof(Event.BackupFailed), "backup-failed", 1),
        (typeof(Event.BackupEnded), "backup-ended", 1),
        (typeof(Event.HibernationAccepted), "hibernation-accepted", 1),
        (typeof(Event.HibernationFailed), "hibernation-failed", 1),
        (typeof(Event.HibernationUndone), "hibernation-undone", 1),
        (typeof(Event.MemorySaved), "memory-saved", 1),
        (typeof(Event.MigrationAccepted), "migration-accepted", 1),
        (typeof(Event.MigrationBegan), "migration-began", 1),
        (typeof(Event.MigrationPrepared), "migration-prepared", 1),
        (typeof(Event.MigrationHurried), "migration-hurried", 1),
        (typeof(Event.MigrationGivenUp), "migration-given-up", 1),
        (typeof(Event.MigrationFailed), "migration-failed", 1),
        (typeof(Event.MigrationEnded), "migration-ended", 1),
        (typeof(Event.FinishRequested), "finish-requested", 1),
        (typeof(Event.HandoverDecided), "handover-decided", 1),
        (typeof(Event.FarewellTaken), "farewell-taken", 1),
        (typeof(Event.ReceiveAccepted), "receive-accepted", 1),
        (typeof(Event.ListenBegan), "listen-began", 1),
        (typeof(Event.FinishAwaited), "finish-awaited", 1),
        (typeof(Event.MigrationCommitted), "migration-committed", 1),
        (typeof(Event.VerdictReached), "verdict-reached", 1),
        (typeof(Event.SessionClosed), "session-closed", 1),
        (typeof(Event.VerdictForgotten), "verdict-forgotten", 1),
        (typeof(Event.ReceiveUndone), "receive-undone", 1),
        (typeof(VmState), "vm-state", 1),
    ];

    private static readonly FrozenDictionary<Type, (string Name, int Version)> ByType =
        All.ToFrozenDictionary(e => e.Type, e => (e.Name, e.Version));

    private static readonly FrozenDictionary<string, (Type Type, int Version)> ByName =
        All.ToFrozenDictionary(e => e.Name, e => (e.Type, e.Version));

    public static IEnumerable<Type> Types => All.Select(e => e.Type);

    public static (string Name, int Version) Of(Type type) => ByType[type];

    /// <summary>The type stored under a name, if this version of the program can read it.</summary>
    public static Type? Find(string name, int version) =>
        ByName.TryGetValue(name, out var known) && version >= 1 && version <= known.Version ? known.Type : null;
}
