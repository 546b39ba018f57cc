using System.Globalization;
using System.Text;
using VmSupervisor.Actors.Persistence;

namespace VmSupervisor.Actors.Tests.Persistence;

internal sealed record Added(int Amount);

internal sealed record Sum(int Total);

/// <summary>Cannot be serialised.</summary>
internal sealed record Unwritable;

internal sealed record Add(params int[] Amounts)
{
    public PersistOptions? Options { get; init; }
}

/// <summary>A persistent actor that adds numbers: small enough to be checked by hand.</summary>
internal sealed class Ledger(IJournal journal, Action<string> log, string id = "ledger", int keep = 2)
    : PersistentActor(journal, new LedgerSerializer())
{
    private int _total;

    public override string PersistenceId => id;

    protected override int SnapshotsToKeep => keep;

    public static Props Of(IJournal journal, Action<string>? log = null, string id = "ledger", int keep = 2) =>
        Props.Create(() => new Ledger(journal, log ?? (_ => { }), id, keep));

    protected override void OnRecover(object @event)
    {
        log($"replay {@event}");
        if (@event is Added { Amount: -666 })
        {
            throw new FormatException("evil");
        }

        _total += ((Added)@event).Amount;
    }

    protected override void OnRecoverSnapshot(object snapshot)
    {
        log($"snapshot {snapshot}");
        _total = ((Sum)snapshot).Total;
    }

    protected override void OnRecoveryCompleted() => log($"recovered {_total} at {LastVersion}");

    protected override void OnSnapshotSaved(long version) => log($"saved {version}");

    protected override void OnSnapshotFailed(Exception cause) => log($"not saved: {cause.Message}");

    protected override void OnPersistRejected(Exception cause, IReadOnlyList<object> events)
    {
        log($"rejected {cause.Message}");
        Sender.Tell(new Failure(cause), Self);
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case Add add:
                Persist(
                    [.. add.Amounts.Select(a => new Added(a))],
                    () =>
                    {
                        _total += add.Amounts.Sum();
                        log($"added {string.Join("+", add.Amounts)}");
                        Sender.Tell(_total, Self);
                    },
                    add.Options);
                break;
            case "get":
                log($"get {_total}");
                Sender.Tell(_total, Self);
                break;
            case "twice":
                Persist([new Added(1)], () => log($"first {_total += 1}"));
                Persist([new Added(2)], () => log($"second {_total += 2}"));
                log("asked for both");
                break;
            case "nested":
                Persist([new Added(1)], () => Persist([new Added(1)], () => Sender.Tell(_total += 2, Self)));
                break;
            case "unwritable":
                Persist([new Unwritable()], () => log("never"));
                break;
            case "nothing":
                Persist([], () => log("never"));
                break;
            case "fail in handler":
                Persist([new Added(100)], () => throw new InvalidOperationException("handler"));
                break;
            case "persist and fail":
                Persist([new Added(1000)], () => log("never"));
                throw new InvalidOperationException("command");
            case "snapshot":
                SaveSnapshot(new Sum(_total));
                break;
            case "version":
                Sender.Tell((LastVersion, LastPosition), Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }
}

internal sealed class LedgerSerializer : IEventSerializer
{
    public SerializedEvent Serialize(object value) => value switch
    {
        Added added => new("ledger.added", 1, Text(added.Amount)),
        Sum sum => new("ledger.sum", 1, Text(sum.Total)),
        _ => throw new NotSupportedException($"{value.GetType().Name} has no name in the journal"),
    };

    public object Deserialize(string type, int schemaVersion, ReadOnlyMemory<byte> payload) => (type, schemaVersion) switch
    {
        ("ledger.added", 1) => new Added(Number(payload)),
        ("ledger.sum", 1) => new Sum(Number(payload)),
        _ => throw new UnknownEventException(type, schemaVersion),
    };

    private static byte[] Text(int number) => Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture));

    private static int Number(ReadOnlyMemory<byte> payload) => int.Parse(payload.Span, CultureInfo.InvariantCulture);
}
