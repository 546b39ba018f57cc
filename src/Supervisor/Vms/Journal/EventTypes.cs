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
        (typeof(VmEvent.Defined), "defined", 1),
        (typeof(VmEvent.Undefined), "undefined", 1),
        (typeof(VmEvent.StartAccepted), "start-accepted", 1),
        (typeof(VmEvent.StartJoined), "start-joined", 1),
        (typeof(VmEvent.LookAccepted), "look-accepted", 1),
        (typeof(VmEvent.StartDeferred), "start-deferred", 1),
        (typeof(VmEvent.RequestAccepted), "request-accepted", 1),
        (typeof(VmEvent.StopAccepted), "stop-accepted", 1),
        (typeof(VmEvent.KeptReleaseAccepted), "kept-release-accepted", 1),
        (typeof(VmEvent.OperationEnded), "operation-ended", 1),
        (typeof(VmEvent.HookEnded), "hook-ended", 1),
        (typeof(VmEvent.Launched), "launched", 1),
        (typeof(VmEvent.GuestContinued), "guest-continued", 1),
        (typeof(VmEvent.Adopted), "adopted", 1),
        (typeof(VmEvent.GuestChanged), "guest-changed", 1),
        (typeof(VmEvent.GuestReset), "guest-reset", 1),
        (typeof(VmEvent.ProcessExited), "process-exited", 1),
        (typeof(VmEvent.ReleaseFailed), "release-failed", 1),
        (typeof(VmEvent.Released), "released", 1),
        (typeof(VmEvent.ProblemNoted), "problem-noted", 1),
        (typeof(VmEvent.StartAdvanced), "start-advanced", 1),
        (typeof(VmEvent.Started), "started", 1),
        (typeof(VmEvent.EndBegan), "end-began", 1),
        (typeof(VmEvent.StopAdvanced), "stop-advanced", 1),
        (typeof(VmEvent.StopGivenUp), "stop-given-up", 1),
        (typeof(VmEvent.CleanedUp), "cleaned-up", 1),
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
