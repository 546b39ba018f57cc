using System.Text.Json;

namespace VmSupervisor.Migrations.Tests.Peers;

/// <summary>A question of one daemon to another, or the answer to it, as it passes by.</summary>
/// <param name="Type">The question's type.</param>
/// <param name="Question">The question's body.</param>
/// <param name="Answer">The answer's body; null when this is the question, or when the answer is a refusal.</param>
/// <param name="IsAnswer">Which of the two this is.</param>
internal sealed record PeerMessageSeen(string Type, JsonElement Question, JsonElement? Answer, bool IsAnswer)
{
    public static bool IsPrepare(PeerMessageSeen seen) => seen is { Type: "migration.prepare", IsAnswer: false };

    public static bool IsPrepared(PeerMessageSeen seen) => seen is { Type: "migration.prepare", IsAnswer: true };

    public static bool IsFinish(PeerMessageSeen seen) => seen is { Type: "migration.note", IsAnswer: false } && seen.Text("kind") == "finish";

    /// <summary>That the guest runs at the target.</summary>
    public static bool IsRunning(PeerMessageSeen seen) =>
        seen is { Type: "migration.note", IsAnswer: true, Answer: { ValueKind: JsonValueKind.Object } answer }
        && answer.TryGetProperty("verdict", out var verdict) && verdict.GetString() == "running" && seen.Text("kind") == "finish";

    public static bool IsAcknowledge(PeerMessageSeen seen) => seen is { Type: "migration.note", IsAnswer: false } && seen.Text("kind") == "acknowledge";

    public static bool IsAcknowledged(PeerMessageSeen seen) => seen is { Type: "migration.note", IsAnswer: true } && seen.Text("kind") == "acknowledge";

    private string? Text(string name) => Question.TryGetProperty(name, out var value) ? value.GetString() : null;
}
