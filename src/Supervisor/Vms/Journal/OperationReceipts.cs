using System.Text.Json;
using VmSupervisor.Actors.Persistence;
using VmSupervisor.Contracts.Json;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Vms.Journal;

/// <summary>How an operation ended, kept so that asking again with its id gives the same answer.</summary>
internal static class OperationReceipts
{
    /// <summary>How long: a client that retries longer than a day has given up.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    public static Receipt Of(OperationView view, string fingerprint, DateTimeOffset now) =>
        new(view.Id.Value, fingerprint, JsonSerializer.SerializeToUtf8Bytes(view, ContractsJson.Options), now + Kept);

    public static OperationView Read(Receipt receipt) =>
        JsonSerializer.Deserialize<OperationView>(receipt.Payload.Span, ContractsJson.Options)
        ?? throw new JsonException($"the stored result of operation {receipt.Key} is empty");
}
