using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using VmSupervisor.Arbitraries;
using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Supervisor.Tests.Qemu.Qmp;

/// <summary>What holds of a monitor's messages whatever is in them and however they are cut.</summary>
public sealed class FramingPropertyTests
{
    private const string Negotiated = """{"return": {}, "id": 1}""" + "\r\n";

    private static readonly Gen<JsonNode?> Scalar = Gen.OneOf(
        Texts.Any.Select(text => (JsonNode?)JsonValue.Create(text)),
        Gen.Choose(int.MinValue, int.MaxValue).Select(number => (JsonNode?)JsonValue.Create(number)),
        Gen.Elements(true, false).Select(flag => (JsonNode?)JsonValue.Create(flag)),
        Gen.Constant((JsonNode?)null));

    private static readonly Gen<(string Name, string Line)> Event =
        from name in Gen.OneOf(Gen.Elements("SHUTDOWN", "RESET", "STOP", "RESUME", "BLOCK_JOB_COMPLETED", "GUEST_PANICKED", "X"), Texts.Any)
        from data in Json(2)
        from end in Gen.Elements("\n", "\r\n", "\r\n\r\n", "\n\n")
        select (name, new JsonObject { ["event"] = name, ["data"] = data, ["timestamp"] = new JsonObject() }.ToJsonString() + end);

    private static readonly Gen<(List<(string Name, string Line)> Events, ulong Cuts)> Streams =
        from events in Gen.ListOf(Event)
        from cuts in Gen.Choose(0, int.MaxValue)
        select (events.ToList(), (ulong)cuts);

    private static readonly Gen<(byte[] Bytes, ulong Cuts)> Garbage =
        from stream in Streams
        from junk in Gen.OneOf(Gen.Choose(0, 255).Select(one => (byte)one).ArrayOf(), Gen.Elements("{}\n", "[]\n", "{\"event\":7}\n", "{\"return\":{}}\n", "{\"event\":\"\\ud800\"}\n", "{\"a\":").Select(Encoding.UTF8.GetBytes))
        from place in Gen.Choose(0, int.MaxValue)
        let bytes = Encoding.UTF8.GetBytes(string.Concat(stream.Events.Select(one => one.Line)))
        select ((byte[])[.. bytes[..(place % (bytes.Length + 1))], .. junk, .. bytes[(place % (bytes.Length + 1))..]], stream.Cuts);

    [Fact]
    public void Messages_are_the_same_however_they_are_cut() => Check.One(Texts.Cases(200), Prop.ForAll(Streams.ToArbitrary(), async stream =>
    {
        var (opened, read) = await ReadAsync(Encoding.UTF8.GetBytes(string.Concat(stream.Events.Select(one => one.Line))), stream.Cuts, new());
        Assert.Equal(stream.Events.Select(one => (one.Name, one.Line.TrimEnd())), read.Select(one => (one.Name, one.Message.GetRawText())));
        Assert.Equal(QmpFaultKind.Closed, opened);
    }));

    [Fact]
    public void Garbage_ends_the_connection_with_a_fault_that_has_a_name() => Check.One(Texts.Cases(300), Prop.ForAll(Garbage.ToArbitrary(), async stream =>
    {
        var (ended, _) = await ReadAsync(stream.Bytes, stream.Cuts, new());
        Assert.Contains(ended, new[] { QmpFaultKind.Closed, QmpFaultKind.Malformed });
    }));

    [Fact]
    public void A_line_is_too_long_by_its_bytes_and_all_before_it_is_there() => Check.One(Texts.Cases(100), Prop.ForAll(
        Streams.ToArbitrary(),
        Gen.Choose(-2, 2).ToArbitrary(),
        async (stream, more) =>
        {
            const int longest = 1000;
            var events = stream.Events.Where(one => Encoding.UTF8.GetByteCount(one.Line) <= longest).ToList();
            var line = $$"""{"event": "LAST", "data": "{{new string('x', longest)}}"}""";
            line = line.Remove(line.Length - 2 - (line.Length - longest - more), line.Length - longest - more);
            Assert.Equal(longest + more, line.Length);
            var (ended, read) = await ReadAsync(Encoding.UTF8.GetBytes(string.Concat(events.Select(one => one.Line)) + line + "\n"), stream.Cuts, new() { MaxLine = longest });
            Assert.Equal(events.Select(one => one.Name).Concat(more > 0 ? [] : ["LAST"]), read.Select(one => one.Name));
            Assert.Equal(more > 0 ? QmpFaultKind.LineTooLong : QmpFaultKind.Closed, ended);
        }));

    /// <summary>What came after the greeting, and how it ended.</summary>
    private static async Task<(QmpFaultKind Ended, List<QmpEvent> Events)> ReadAsync(byte[] bytes, ulong cuts, QmpLimits limits)
    {
        var random = new Seeded(cuts);
        var stream = new ChunkedStream([.. Encoding.UTF8.GetBytes(FakeMonitor.Greeting + Negotiated), .. bytes], FakeMonitor.Greeting.Length, () => 1 + random.Below(random.Below(3) == 0 ? 5000 : 30));
        var opened = await QmpConnection.OpenAsync(stream, TimeSpan.FromSeconds(60), TimeProvider.System, limits, default);
        await using var connection = Assert.IsType<QmpOpened.Ready>(opened).Connection;
        var read = new List<QmpEvent>();
        await foreach (var one in connection.Events.ReadAllAsync())
            read.Add(one);
        return ((await connection.Closed).Kind, read);
    }

    private static Gen<JsonNode?> Json(int depth) => depth == 0 ? Scalar : Gen.OneOf(
        Scalar,
        Json(depth - 1).ListOf(3).Select(items => (JsonNode?)new JsonArray([.. items.Select(item => item?.DeepClone())])),
        from keys in Texts.Any.ListOf(3)
        from values in Json(depth - 1).ListOf(3)
        select (JsonNode?)new JsonObject(keys.Zip(values).DistinctBy(pair => pair.First).Select(pair => KeyValuePair.Create(pair.First, pair.Second?.DeepClone()))));
}
