using System.Collections.Concurrent;
using VmSupervisor.Domain;

namespace VmSupervisor.Model.Laws;

/// <summary>Which kinds of events explorations have met, so that one that is never met is noticed.</summary>
internal static class Coverage
{
    private static readonly ConcurrentDictionary<Type, bool> Seen = new();

    public static IEnumerable<string> Events => Seen.Keys.Select(t => t.Name).Order();

    public static IEnumerable<string> AllEvents => typeof(Event).GetNestedTypes().Where(t => t.IsSubclassOf(typeof(Event))).Select(t => t.Name).Order();

    public static void Saw(Event e) => Seen.TryAdd(e.GetType(), true);
}
