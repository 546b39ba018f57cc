using System.Text;
using VmSupervisor.Actors.Persistence;

namespace VmSupervisor.Actors.TestKit.Journals;

public abstract partial class JournalConformance
{
    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private NewEvent Event(string text) => new("test.happened", 1, Bytes(text), Clock.GetUtcNow());

    private AppendRequest Request(string id, long expected, params string[] events) => new(id, expected, [.. events.Select(Event)]);

    private JournalSnapshot Snapshot(string id, long version, string state) =>
        new(id, version, "test.state", 1, Bytes(state), Clock.GetUtcNow());

    private Receipt ReceiptFor(string key, string answer, TimeSpan? life = null) =>
        new(key, "asked " + key, Bytes(answer), Clock.GetUtcNow() + (life ?? TimeSpan.FromHours(24)));

    private async Task<AppendResult> AppendAsync(IJournal journal, AppendRequest request) =>
        await InTime(journal.AppendAsync(request), $"an append to {request.PersistenceId}");

    private async Task<AppendResult.Appended> MustAppendAsync(IJournal journal, AppendRequest request) =>
        Is<AppendResult.Appended>(await AppendAsync(journal, request), $"append to {request.PersistenceId}");

    private static async Task<string> AnswerAsync(IJournal journal, string key) =>
        Text(Is<Receipt>(await journal.FindReceiptAsync(key), $"receipt {key}").Payload);

    private async Task<T> InTime<T>(Task<T> task, string what)
    {
        try
        {
            return await task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new ConformanceException($"{what} was not answered within {Patience}");
        }
    }

    private static async Task<List<JournalEvent>> ReadAsync(
        IJournal journal, string id, long from = 1, long to = long.MaxValue)
    {
        var events = new List<JournalEvent>();
        await foreach (var stored in journal.ReadAsync(id, from, to))
        {
            events.Add(stored);
        }

        return events;
    }

    private static async Task<List<JournalEvent>> ReadAllAsync(IJournal journal, int limit = 100)
    {
        var events = new List<JournalEvent>();
        while (await journal.ReadAllAsync(events.Count == 0 ? 0 : events[^1].Position, limit) is { Count: > 0 } piece)
        {
            True(piece.Count <= limit, $"ReadAll gave {piece.Count} events where the limit is {limit}");
            events.AddRange(piece);
        }

        return events;
    }

    private static string Show(IEnumerable<JournalEvent> events) =>
        string.Join(" ", events.Select(e => $"{e.PersistenceId}:{e.Version}={Text(e.Payload)}"));

    private static T Is<T>(object? value, string what) =>
        value is T typed ? typed : throw new ConformanceException($"{what}: expected {typeof(T).Name}, got {value ?? "null"}");

    private static void Equal<T>(T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new ConformanceException($"{what}: expected {expected}, got {actual}");
        }
    }

    private static void True(bool condition, string fault)
    {
        if (!condition)
        {
            throw new ConformanceException(fault);
        }
    }
}
