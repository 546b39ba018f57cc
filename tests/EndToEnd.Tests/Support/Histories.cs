using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.EndToEnd.Tests.Support;

internal static class Histories
{
    public static IEnumerable<HistoryEntry> Of(this IEnumerable<HistoryEntry> history, string type) => history.Where(e => e.Type == type);

    public static HistoryEntry The(this IEnumerable<HistoryEntry> history, string type, long incarnation) =>
        Assert.Single(history, e => e.Type == type && e.Incarnation == new Incarnation(incarnation));

    /// <summary>Every incarnation that began was cleaned up once, for this cause.</summary>
    public static void AssertCleanedOnce(this IReadOnlyList<HistoryEntry> history, params string[] causes)
    {
        Assert.Equal(causes.Select((_, i) => i + 1L), history.Of("start-accepted").Select(e => e.Incarnation.Value));
        Assert.Equal(causes.Select((cause, i) => (i + 1L, cause)), history.Of("cleaned-up").Select(e => (e.Incarnation.Value, e.Cause ?? "")));
    }
}
