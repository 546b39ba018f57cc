using System.Collections.Concurrent;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Chaos.Tests.Driving;

/// <summary>Every operation that was acknowledged, what it was asked for, and how it ended as far as is known.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentDictionary<string, (PlannedCommand Asked, OperationView Known)> entries = new(StringComparer.Ordinal);

    public IReadOnlyList<(PlannedCommand Asked, OperationView Known)> All => [.. entries.Values.OrderBy(e => e.Asked.Operation, StringComparer.Ordinal)];

    public void Note(PlannedCommand asked, OperationView known) => entries[asked.Operation] = (asked, known);

    /// <summary>How it ended; null when nothing is known of it.</summary>
    public OperationView? Find(string operation) => entries.TryGetValue(operation, out var entry) ? entry.Known : null;
}
