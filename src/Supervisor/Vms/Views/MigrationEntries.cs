using System.Text.Json;
using VmSupervisor.Contracts;
using VmSupervisor.Domain;

namespace VmSupervisor.Vms.Views;

/// <summary>Events of migrations as people and subscribers read them.</summary>
internal static class MigrationEntries
{
    public static (Incarnation Incarnation, Cause? Cause, Operation? Operation, string? By) Describe(Event e, SortedDictionary<string, string> data)
    {
        switch (e)
        {
            case Event.MigrationAccepted accepted:
                data["target"] = accepted.Plan.Target;
                return (accepted.Incarnation, null, accepted.Operation, null);
            case Event.MigrationBegan began:
                return Of(began.Incarnation, began.Session, data, "supervisor");
            case Event.MigrationPrepared prepared:
                data["address"] = prepared.Address;
                return (prepared.Incarnation, null, null, "target");
            case Event.MigrationHurried hurried:
                return (hurried.Incarnation, null, null, "supervisor");
            case Event.MigrationGivenUp givenUp:
                data["detail"] = givenUp.Outcome.Detail;
                return (givenUp.Incarnation, null, null, "supervisor");
            case Event.MigrationFailed failed:
                data["detail"] = failed.Outcome.Detail;
                return (failed.Incarnation, null, null, "qemu");
            case Event.MigrationEnded ended:
                return (ended.Incarnation, null, null, "supervisor");
            case Event.FinishRequested finish:
                return (finish.Incarnation, null, null, "qemu");
            case Event.HandoverDecided decided:
                data["verdict"] = Text(decided.Verdict);
                data["detail"] = decided.Detail;
                return (decided.Incarnation, null, null, decided.Told ? "target" : null);
            case Event.FarewellTaken farewell:
                return Of(farewell.Session.From, farewell.Session, data, "target");
            case Event.ReceiveAccepted received:
                Of(received.Life.Number, received.Life.Incoming!.Session, data, null);
                data["plan"] = string.Join(' ', received.Life.Plan.Select(s => s.Name));
                return (received.Life.Number, received.Life.Cause, received.Operation, null);
            case Event.ListenBegan listening:
                data["address"] = listening.Address;
                return (listening.Incarnation, null, null, "qemu");
            case Event.FinishAwaited finish:
                return (finish.Incarnation, null, null, "source");
            case Event.MigrationCommitted committed:
                return Of(committed.Incarnation, committed.Session, data, "source");
            case Event.VerdictReached reached:
                data["verdict"] = Text(reached.Verdict);
                data["detail"] = reached.Detail;
                return Of(reached.Incarnation, reached.Session, data, "supervisor");
            case Event.SessionClosed closed:
                return Of(closed.Session.To, closed.Session, data, "source");
            case Event.VerdictForgotten forgotten:
                return Of(forgotten.Session.To, forgotten.Session, data, "source");
            case Event.ReceiveUndone undone:
                return (undone.Incarnation, null, null, "supervisor");
            default:
                throw new InvalidOperationException($"{e.GetType().Name} is not an event");
        }
    }

    private static (Incarnation, Cause?, Operation?, string?) Of(Incarnation n, MigrationSession session, SortedDictionary<string, string> data, string? by)
    {
        data["session"] = session.Id.ToString();
        data["from"] = $"{session.Source}/{session.From}";
        data["to"] = $"{session.Target}/{session.To}";
        return (n, null, null, by);
    }

    private static string Text(Verdict verdict) => JsonNamingPolicy.KebabCaseLower.ConvertName(verdict.ToString());
}
