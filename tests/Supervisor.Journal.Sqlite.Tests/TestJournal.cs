using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using VmSupervisor.Actors.Persistence;
using VmSupervisor.Journal.Sqlite;

namespace VmSupervisor.Supervisor.Journal.Sqlite.Tests;

/// <summary>How the tests open a journal, and what they write.</summary>
internal static class TestJournal
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    public static SqliteJournal Open(string path, TimeProvider? time = null, Func<SqliteJournalOptions, SqliteJournalOptions>? with = null)
    {
        var options = new SqliteJournalOptions { Path = path, ReserveBytes = 0 };
        return SqliteJournal.Open(with?.Invoke(options) ?? options, time ?? TimeProvider.System, NullLogger<SqliteJournal>.Instance);
    }

    public static NewEvent Event(string content) => new("vm.started", 1, Encoding.UTF8.GetBytes(content), Noon);

    public static AppendRequest Append(string id, long expectedVersion, params string[] contents) =>
        new(id, expectedVersion, [.. contents.Select(Event)]);

    public static string Text(this ReadOnlyMemory<byte> payload) => Encoding.UTF8.GetString(payload.Span);

    public static async Task<List<JournalEvent>> ListAsync(this IJournal journal, string id, long from = 1, long to = long.MaxValue)
    {
        var events = new List<JournalEvent>();
        await foreach (var e in journal.ReadAsync(id, from, to))
            events.Add(e);
        return events;
    }

    public static async Task<AppendResult.Appended> MustAppendAsync(this IJournal journal, AppendRequest request) =>
        Assert.IsType<AppendResult.Appended>(await journal.AppendAsync(request));
}
