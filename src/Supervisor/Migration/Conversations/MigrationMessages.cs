using System.Text.Json;
using System.Text.Json.Serialization;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Json;
using VmSupervisor.Domain;

namespace VmSupervisor.Migration.Conversations;

/// <summary>The messages of migrations as they travel: their own form, so that nodes of different versions can be told apart from journals.</summary>
internal static class MigrationMessages
{
    public const string Check = "migration.check", Prepare = "migration.prepare", Note = "migration.note", Renew = "migration.renew", Waits = "migration.waits";

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false), new DefinitionConverter() },
    };

    /// <summary>The stream that leads to the target's QEMU.</summary>
    public static string StreamOf(MigrationSession session, string what) => $"migration/{session.Source}/{session.Id}/{what}";

    public static PeerMessage Of<T>(string type, T body) => new(type, ToJson(body));

    public static PeerReply Reply<T>(T body) => new(ToJson(body));

    /// <exception cref="PeerRefusalException">It is not what this node understands.</exception>
    public static T Read<T>(JsonElement body)
        where T : class
    {
        try
        {
            return body.Deserialize<T>(Options) ?? throw new PeerRefusalException("the message is empty");
        }
        catch (JsonException e)
        {
            throw new PeerRefusalException($"the message is not understood here: {e.Message}");
        }
    }

    private static JsonElement ToJson<T>(T body) => JsonSerializer.SerializeToElement(body, Options);
}

internal sealed record OfferBody(VmDefinition Definition, VmDefinition Next, string? Accelerator, OfferedDisk[] Shared, OfferedImage[] Moved)
{
    public static OfferBody Of(Offer offer) => new(offer.Definition, offer.Next, offer.Accelerator, [.. offer.Shared], [.. offer.Moved]);

    public Offer ToOffer() => new(Definition, Next) { Accelerator = Accelerator, Shared = Shared.ToValueList(), Moved = Moved.ToValueList() };
}

internal sealed record CheckReply(string? WhyNot, Incarnation Highest);

internal sealed record SessionBody(OperationId Id, string Source, string Target, Incarnation From, Incarnation To)
{
    public static SessionBody Of(MigrationSession session) => new(session.Id, session.Source, session.Target, session.From, session.To);

    public MigrationSession ToSession() => new(Id, Source, Target, From, To);
}

internal sealed record PlanBody(
    long? BytesPerSecond, TimeSpan? DowntimeLimit, TimeSpan? Deadline, LateMigration OnDeadline, bool AutoConverge, int Channels, MigrationTransport Transport, MigrationStorage Storage)
{
    public static PlanBody Of(MigrationPlan plan) =>
        new(plan.BytesPerSecond, plan.DowntimeLimit, plan.Deadline, plan.OnDeadline, plan.AutoConverge, plan.Channels, plan.Transport, plan.Storage);

    public MigrationPlan ToPlan(MigrationSession session) =>
        new(session.Source, session.Target, BytesPerSecond, DowntimeLimit, Deadline, OnDeadline, AutoConverge, Channels) { Transport = Transport, Storage = Storage };
}

internal sealed record PrepareBody(SessionBody Session, OfferBody Offer, PlanBody Plan, bool WasRunning);

internal sealed record PrepareReply(string? Address, string? WhyNot);

internal sealed record NoteBody(VmId Vm, SessionBody Session, NoteKind Kind)
{
    public static NoteBody Of(VmId vm, PeerNote note) => new(vm, SessionBody.Of(note.Session), note switch
    {
        PeerNote.Finish => NoteKind.Finish,
        PeerNote.Ask => NoteKind.Ask,
        PeerNote.Abort => NoteKind.Abort,
        PeerNote.Acknowledge => NoteKind.Acknowledge,
        _ => throw new InvalidOperationException($"{note.GetType().Name} is not a note"),
    });

    public PeerNote ToNote() => Kind switch
    {
        NoteKind.Finish => new PeerNote.Finish(Session.ToSession()),
        NoteKind.Ask => new PeerNote.Ask(Session.ToSession()),
        NoteKind.Abort => new PeerNote.Abort(Session.ToSession()),
        NoteKind.Acknowledge => new PeerNote.Acknowledge(Session.ToSession()),
        _ => throw new PeerRefusalException($"'{Kind}' is not a note"),
    };
}

internal enum NoteKind
{
    Finish,
    Ask,
    Abort,
    Acknowledge,
}

internal sealed record NoteReply(Verdict? Verdict, string? Detail);

/// <summary>About a session, and nothing else.</summary>
internal sealed record AboutBody(VmId Vm, SessionBody Session);

internal sealed record RenewReply;

internal sealed record WaitsReply(bool Waits);

/// <summary>Definitions have one form in JSON, that of the contracts.</summary>
internal sealed class DefinitionConverter : JsonConverter<VmDefinition>
{
    public override VmDefinition? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize<VmDefinition>(ref reader, ContractsJson.Options);

    public override void Write(Utf8JsonWriter writer, VmDefinition value, JsonSerializerOptions options) => DefinitionWriter.Write(writer, value);
}
