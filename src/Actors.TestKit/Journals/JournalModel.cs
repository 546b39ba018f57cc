using VmSupervisor.Actors.Persistence;

namespace VmSupervisor.Actors.TestKit.Journals;

/// <summary>What a journal should hold, kept in the simplest way.</summary>
internal sealed class JournalModel(int notesPerStream)
{
    private readonly List<(string Id, long Version, string Text)> _events = [];
    private readonly Dictionary<string, long> _highest = [];
    private readonly Dictionary<(string Id, long Version), string> _snapshots = [];
    private readonly Dictionary<string, Receipt> _receipts = [];
    private readonly List<(string Id, string Text)> _notes = [];

    public long Highest(string id) => _highest.GetValueOrDefault(id);

    public string Append(string id, long expected, IReadOnlyList<string> texts, IReadOnlyList<Receipt> receipts, DateTimeOffset now)
    {
        if (Highest(id) != expected)
        {
            return $"conflict {Highest(id)}";
        }

        foreach (var text in texts)
        {
            _events.Add((id, _highest[id] = Highest(id) + 1, text));
        }

        foreach (var receipt in receipts)
        {
            if (Receipt(receipt.Key, now) is null)
            {
                _receipts[receipt.Key] = receipt;
            }
        }

        return $"appended {Highest(id)}";
    }

    public string Events(string id, long from, long to) =>
        Show(_events.Where(e => e.Id == id && e.Version >= from && e.Version <= to));

    public string AllEvents() => Show(_events);

    public void DeleteEvents(string id, long to) => _events.RemoveAll(e => e.Id == id && e.Version <= to);

    public void SaveSnapshot(string id, long version, string text) => _snapshots[(id, version)] = text;

    public string Snapshot(string id, long max) => _snapshots
        .Where(s => s.Key.Id == id && s.Key.Version <= max)
        .OrderByDescending(s => s.Key.Version)
        .Select(s => $"{s.Key.Version}={s.Value}")
        .FirstOrDefault("none");

    public void DeleteSnapshots(string id, long to)
    {
        foreach (var key in _snapshots.Keys.Where(k => k.Id == id && k.Version <= to).ToList())
        {
            _snapshots.Remove(key);
        }
    }

    public Receipt? Receipt(string key, DateTimeOffset now) =>
        _receipts.TryGetValue(key, out var receipt) && receipt.ExpiresAt > now ? receipt : null;

    public void AddNote(string id, string text) => _notes.Add((id, text));

    public string Notes(string id, int limit) =>
        string.Join(" ", _notes.Where(n => n.Id == id).TakeLast(Math.Min(limit, notesPerStream)).Select(n => n.Text));

    public string Ids() => string.Join(
        "|", _events.Select(e => e.Id).Concat(_snapshots.Keys.Select(k => k.Id)).Distinct().Order(StringComparer.Ordinal));

    private static string Show(IEnumerable<(string Id, long Version, string Text)> events) =>
        string.Join(" ", events.Select(e => $"{e.Id}:{e.Version}={e.Text}"));
}
