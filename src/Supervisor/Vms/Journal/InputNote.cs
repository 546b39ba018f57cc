using System.Text.Json;
using VmSupervisor.Contracts;

namespace VmSupervisor.Vms.Journal;

/// <summary>An input that was refused or ignored, as it is kept beside the journal.</summary>
/// <param name="Type"><c>refused</c> or <c>ignored</c>.</param>
/// <param name="Incarnation">The life it was about, or the last one.</param>
/// <param name="Operation">What it would have become.</param>
/// <param name="By">Who asked, or what told.</param>
/// <param name="Why">The answer.</param>
internal sealed record InputNote(string Type, Incarnation Incarnation, OperationId? Operation, string? By, string Why)
{
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, JournalJson.Options);

    public static InputNote FromBytes(ReadOnlyMemory<byte> bytes) =>
        JsonSerializer.Deserialize<InputNote>(bytes.Span, JournalJson.Options) ?? throw new JsonException("the stored note is empty");
}
