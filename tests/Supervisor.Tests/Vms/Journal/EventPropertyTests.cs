using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using FsCheck;
using FsCheck.Fluent;
using VmSupervisor.Arbitraries;
using VmSupervisor.Domain;
using VmSupervisor.Vms.Journal;

namespace VmSupervisor.Supervisor.Tests.Vms.Journal;

/// <summary>Events and states of every kind, with anything in them.</summary>
public sealed class EventPropertyTests
{
    /// <summary>Writes what a program wrote that knew none of the members which came later.</summary>
    private static readonly JsonSerializerOptions Oldest = new(JournalJson.Options)
    {
        TypeInfoResolver = JournalJson.Options.TypeInfoResolver!.WithAddedModifier(info =>
        {
            foreach (var property in info.Properties.Where(property => property.ShouldSerialize is not null))
                property.ShouldSerialize = (_, _) => false;
        }),
    };

    public static TheoryData<string> Kinds => [.. Records.Derived(typeof(Event)).Concat(Records.Derived(typeof(VmState))).Select(type => type.FullName!).Order()];

    [Theory, MemberData(nameof(Kinds))]
    public void What_is_stored_reads_back_equal(string kind) => ForAny(kind, (value, type) =>
    {
        var (name, version, payload) = VmEventSerializer.Instance.Serialize(value);
        Assert.Equal(value, VmEventSerializer.Instance.Deserialize(name, version, payload));
        for (var older = version; older >= 1; older--)
            Assert.NotNull(EventTypes.Find(name, older));
    });

    [Theory, MemberData(nameof(Kinds))]
    public void What_the_first_program_stored_reads_and_is_stored_as_then(string kind) => ForAny(kind, (value, type) =>
    {
        var old = JsonSerializer.SerializeToUtf8Bytes(value, StoredAs(value), Oldest);
        var (name, version, _) = VmEventSerializer.Instance.Serialize(value);
        var read = VmEventSerializer.Instance.Deserialize(name, version, old);
        Assert.IsType(type, read);
        Assert.Equal(Encoding.UTF8.GetString(old), Encoding.UTF8.GetString(VmEventSerializer.Instance.Serialize(read).Payload.Span));
    });

    /// <summary>A newer program may add members to a shape without changing its version; whoever does not know them goes on without.</summary>
    [Theory, MemberData(nameof(Kinds))]
    public void A_member_that_nobody_knows_is_passed_over(string kind) => ForAny(kind, (value, type) =>
    {
        var (name, version, payload) = VmEventSerializer.Instance.Serialize(value);
        var json = JsonNode.Parse(payload.Span)!.AsObject();
        foreach (var holder in Objects(json).ToArray())
            holder["cameMuchLater"] = new JsonObject { ["a"] = 1 };
        Assert.Equal(value, VmEventSerializer.Instance.Deserialize(name, version, Encoding.UTF8.GetBytes(json.ToJsonString())));
    });

    [Theory, MemberData(nameof(Kinds))]
    public void What_is_damaged_is_refused_or_read_and_nothing_else(string kind) => ForAny(kind, (value, type) =>
    {
        var (name, version, payload) = VmEventSerializer.Instance.Serialize(value);
        var bytes = payload.ToArray();
        var place = bytes.Length * 7 / 11;
        foreach (var damaged in new[] { bytes[..place], [.. bytes[..place], (byte)'}', .. bytes[place..]], Encoding.UTF8.GetBytes("null"), Encoding.UTF8.GetBytes("[]"), [] })
        {
            var thrown = Record.Exception(() => VmEventSerializer.Instance.Deserialize(name, version, damaged));
            Assert.True(thrown is null or JsonException or FormatException, $"{thrown}");
        }
    });

    private static void ForAny(string kind, Action<object, Type> holds)
    {
        var type = typeof(Event).Assembly.GetType(kind, throwOnError: true)!;
        Check.One(Texts.Cases(30).WithEndSize(10), Prop.ForAll(Records.Of(type).ToArbitrary(), value => holds(value, type)));
    }

    private static Type StoredAs(object value) => value is VmState ? typeof(VmState) : value.GetType();

    private static IEnumerable<JsonObject> Objects(JsonNode? node) => node switch
    {
        JsonObject fields => fields.SelectMany(field => Objects(field.Value)).Append(fields),
        JsonArray items => items.SelectMany(Objects),
        _ => [],
    };
}
