using System.Globalization;
using System.Text.Json;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Domain;
using VmSupervisor.Vms.Journal;

namespace VmSupervisor.Vms.Views;

/// <summary>Events as people and subscribers read them.</summary>
internal static class HistoryEntries
{
    public static HistoryEntry Of(Event e, long version)
    {
        var data = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var (incarnation, cause, operation, by) = Describe(e, data);
        return new HistoryEntry(
            version, e.At, incarnation, EventTypes.Of(e.GetType()).Name, cause?.ToText(), operation?.Id, by ?? operation?.By, Without(data));
    }

    public static HistoryEntry Of(InputNote note, long version, DateTimeOffset at) =>
        new(version, at, note.Incarnation, note.Type, null, note.Operation, note.By, new Dictionary<string, string> { ["why"] = note.Why });

    private static (Incarnation Incarnation, Cause? Cause, Operation? Operation, string? By) Describe(
        Event e, SortedDictionary<string, string> data)
    {
        switch (e)
        {
            case Event.Defined defined:
                data["name"] = defined.Definition.Name;
                return (default, null, defined.Operation, null);
            case Event.Undefined undefined:
                return (default, null, undefined.Operation, null);
            case Event.StartAccepted start:
                data["plan"] = string.Join(' ', start.Life.Plan.Select(s => s.Name));
                data["memoryOf"] = start.Life.Restores?.Of.ToString() ?? "";
                return (start.Life.Number, start.Life.Cause, start.Operations is [var first, ..] ? first : start.Backup?.Operation, null);
            case Event.StartJoined joined:
                return (joined.Incarnation, null, joined.Operation, null);
            case Event.LookAccepted look:
                return (look.Incarnation, null, look.Operation, null);
            case Event.StartDeferred deferred:
                return (deferred.Incarnation, null, deferred.Operation, null);
            case Event.RequestAccepted request:
                return (request.Incarnation, null, request.Operation, null);
            case Event.StopAccepted stop:
                data["mode"] = Text(stop.Mode);
                data["timeout"] = stop.AskFor is { } askFor && stop.Mode == StopMode.Ask ? $"{askFor.TotalSeconds.ToString(CultureInfo.InvariantCulture)}s" : "";
                data["keepActive"] = stop.KeepActive ? "true" : "";
                data["next"] = stop.Next == StopNext.Rest ? "" : Text(stop.Next);
                return (stop.Incarnation, Evolution.CauseOf(stop.Next), stop.Operation, null);
            case Event.KeptReleaseAccepted release:
                return (release.Incarnation, null, release.Operation, null);
            case Event.OperationEnded ended:
                data["kind"] = ended.Operation.Kind;
                data["ending"] = Text(ended.Ending);
                data["detail"] = ended.Detail;
                return (ended.Incarnation, null, ended.Operation, "supervisor");
            case Event.HookEnded hook:
                data["phase"] = Text(hook.Phase);
                data["status"] = Text(hook.Outcome.Status);
                data["detail"] = hook.Outcome.Detail;
                data["output"] = hook.Outcome.Output;
                return (hook.Incarnation, null, null, "hooks");
            case Event.Launched launched:
                data["pid"] = launched.Process.Pid.ToString(CultureInfo.InvariantCulture);
                data["qemu"] = launched.Summary;
                return (launched.Incarnation, null, null, "qemu");
            case Event.Adopted adopted:
                data["pid"] = adopted.Process.Pid.ToString(CultureInfo.InvariantCulture);
                return (adopted.Incarnation, null, null, "supervisor");
            case Event.GuestChanged guest:
                data["guest"] = guest.Guest.ToText();
                data["why"] = guest.Why;
                return (guest.Incarnation, null, null, "guest");
            case Event.GuestContinued continued:
                return (continued.Incarnation, null, null, "qemu");
            case Event.GuestReset reset:
                return (reset.Incarnation, null, null, reset.ByGuest ? "guest" : "qemu");
            case Event.ProcessExited exited:
                data["exit"] = Text(exited.Exit);
                return (exited.Incarnation, null, null, "kernel");
            case Event.ReleaseFailed failed:
                foreach (var failure in failed.Failures)
                    data[failure.Step] = failure.Reason;
                return (failed.Incarnation, null, null, "supervisor");
            case Event.Released released:
                return (released.Incarnation, null, null, "supervisor");
            case Event.ProblemNoted problem:
                data["problem"] = problem.Detail;
                return (problem.Incarnation, null, null, "supervisor");
            case Event.StartAdvanced advanced:
                data["phase"] = Text(advanced.Phase);
                return (advanced.Incarnation, null, null, "supervisor");
            case Event.StopAdvanced advanced:
                data["phase"] = PhaseName(advanced.Phase);
                data["deadline"] = StopRoad.DeadlineOf(advanced.Phase) is { } deadline ? Text(deadline) : "";
                return (advanced.Incarnation, null, null, "supervisor");
            case Event.Started started:
                return (started.Incarnation, null, null, "supervisor");
            case Event.EndBegan end:
                data["detail"] = end.Detail;
                data["dying"] = end.Dying ? "true" : "";
                return (end.Incarnation, end.Cause, null, "supervisor");
            case Event.StopGivenUp givenUp:
                data["detail"] = givenUp.Detail;
                return (givenUp.Incarnation, null, null, "supervisor");
            case Event.CleanedUp cleaned:
                data["detail"] = cleaned.Detail;
                data["kept"] = string.Join(' ', cleaned.Kept.Select(s => s.Name));
                data["memoryOf"] = cleaned.Saved?.Of.ToString() ?? "";
                return (cleaned.Incarnation, cleaned.Cause, null, "supervisor");
            case Event.RestartScheduled restart:
                data["due"] = Text(restart.Due);
                return (restart.Incarnation, null, null, "restart-policy");
            case Event.RestartAbandoned abandoned:
                data["detail"] = abandoned.Detail;
                return (abandoned.Incarnation, null, null, "restart-policy");
            case Event.RestartDropped dropped:
                return (dropped.Incarnation, null, dropped.Operation, null);
            case Event.RanWell well:
                return (well.Incarnation, null, null, "restart-policy");
            default:
                return DescribeActivity(e, data);
        }
    }

    private static (Incarnation Incarnation, Cause? Cause, Operation? Operation, string? By) DescribeActivity(
        Event e, SortedDictionary<string, string> data)
    {
        switch (e)
        {
            case Event.BackupAccepted backup:
                data["mode"] = Text(backup.Plan.Mode);
                data["files"] = string.Join(' ', backup.Plan.Files.Select(f => f.Target));
                return (backup.Incarnation, null, backup.Operation, null);
            case Event.BackupBegan began:
                data["frozen"] = began.Frozen ? "true" : "";
                return (began.Incarnation, null, null, "qemu");
            case Event.BackupJoined joined:
                return (joined.Incarnation, null, joined.Start, null);
            case Event.BackupDropped dropped:
                return (dropped.Incarnation, null, null, "supervisor");
            case Event.BackupFailed failed:
                data["detail"] = failed.Outcome.Detail;
                return (failed.Incarnation, null, null, "supervisor");
            case Event.BackupEnded ended:
                data["done"] = ended.Done ? "true" : "false";
                data["bytes"] = ended.Done ? ended.Bytes.ToString(CultureInfo.InvariantCulture) : "";
                return (ended.Incarnation, null, null, "qemu");
            case Event.HibernationAccepted hibernation:
                return (hibernation.Incarnation, null, hibernation.Operation, null);
            case Event.HibernationFailed failed:
                data["detail"] = failed.Outcome.Detail;
                return (failed.Incarnation, null, null, "supervisor");
            case Event.HibernationUndone undone:
                return (undone.Incarnation, null, null, "supervisor");
            case Event.MemorySaved saved:
                data["bytes"] = saved.Bytes.ToString(CultureInfo.InvariantCulture);
                return (saved.Incarnation, null, null, "qemu");
            default:
                return MigrationEntries.Describe(e, data);
        }
    }

    private static string PhaseName(StopPhase phase) => JsonNamingPolicy.KebabCaseLower.ConvertName(phase.GetType().Name);

    // As all times of ours, to the millisecond.
    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string Text(ProcessExit exit) => exit switch
    {
        { Code: { } code } => string.Create(CultureInfo.InvariantCulture, $"code {code}"),
        { Signal: { } signal } => string.Create(CultureInfo.InvariantCulture, $"signal {signal}"),
        _ => "unknown",
    };

    private static string Text<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    private static Dictionary<string, string> Without(SortedDictionary<string, string> data) =>
        data.Where(d => d.Value.Length > 0).ToDictionary(d => d.Key, d => d.Value, StringComparer.Ordinal);
}
