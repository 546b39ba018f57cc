using VmSupervisor.Actors.Persistence.Batching;

namespace VmSupervisor.Journal.Sqlite.Writing;

/// <summary>An append carries a receipt whose key has been used and is still valid.</summary>
internal sealed class ReceiptTakenException(string key)
    : JournalException($"there is a receipt under the key {key} already; nothing of this append was written");
