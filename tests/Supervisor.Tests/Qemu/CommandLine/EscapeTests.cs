using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Qemu;
using VmSupervisor.Qemu.CommandLine;

namespace VmSupervisor.Supervisor.Tests.Qemu.CommandLine;

/// <summary>
/// No text of a definition gets out of the place where it belongs. The command line of one with hostile texts is read as
/// QEMU reads it; it says what that of a harmless one says, but for those texts, which are there whole.
/// </summary>
public sealed class EscapeTests
{
    private const string Harmless = "harmless";

    private static readonly Gen<string> Piece = Gen.Elements(
        ",", ",,", "=", ",id=x", ",server=off", "\"", "\\", "\\\"", "}", "{", "'", " ", "\n", "\t", "-S", "on", "json:", "nbd:", "ä", "€", "\ud83d\ude00", "a", "/", ":", "%", "$(x)");

    private static readonly Gen<string> Hostile =
        from pieces in Gen.NonEmptyListOf(Piece)
        select string.Concat(pieces);

    private static readonly Gen<Texts> Any =
        from name in Hostile
        from path in Hostile
        from serial in Hostile
        from cmdline in Hostile
        from bridge in Hostile
        from run in Hostile
        from store in Hostile
        select new Texts(name, "/" + path, serial, cmdline, bridge, "/run/" + run + "x", "/" + store);

    [Fact]
    public void A_text_stays_in_its_place() => Prop.ForAll(Any.ToArbitrary(), texts =>
    {
        var hostile = Read(texts);
        var harmless = Read(Texts.Harmless);
        Assert.Equal(harmless.Length, hostile.Length);
        Assert.All(harmless.Zip(hostile), pair => Same(pair.First, pair.Second, texts));
    }).QuickCheckThrowOnFailure();

    /// <summary>QEMU splits what is said of CPUs at every comma, and a machine at an equal sign: there is no way to write one.</summary>
    [Theory]
    [InlineData("q35", "max,vmx=on", "aes")]
    [InlineData("q35", "max", "aes=on,vmx")]
    [InlineData("q35", "", "aes")]
    [InlineData("smm=on", "max", "aes")]
    public void A_text_that_cannot_be_written_is_not_written(string machine, string cpu, string flag)
    {
        var plan = PlanOf(Texts.Harmless);
        plan = plan with { Definition = plan.Definition with { Machine = machine, Cpu = cpu, CpuFlags = [$"+{flag}"] } };
        Assert.Throws<ArgumentException>(() => QemuCommandLine.Build(plan));
    }

    private static JsonNode[] Read(Texts texts) => AsQemuReads.All(QemuCommandLine.Build(PlanOf(texts)));

    private static void Same(JsonNode harmless, JsonNode hostile, Texts texts)
    {
        switch (harmless, hostile)
        {
            case (JsonObject a, JsonObject b):
                Assert.Equal(a.Select(p => Put(p.Key, texts)), b.Select(p => p.Key));
                foreach (var (key, value) in a)
                    Same(value!, b[Put(key, texts)]!, texts);
                break;
            default:
                Assert.Equal(Put(harmless.ToString(), texts), hostile.ToString());
                break;
        }
    }

    /// <summary>What a harmless text stands for.</summary>
    private static string Put(string text, Texts texts) => Texts.Names.Zip(Texts.Of(Texts.Harmless), Texts.Of(texts))
        .Aggregate(text, (put, one) => put.Replace(one.Second, one.Third, StringComparison.Ordinal));

    private static LaunchPlan PlanOf(Texts texts) => new(
        "node",
        new VmDefinition
        {
            Id = new(1),
            Name = texts.Name,
            Memory = 1 << 20,
            Cpu = "max",
            CpuFlags = ["+aes"],
            Firmware = Firmware.Uefi,
            Agent = true,
            Kernel = texts.Path + "k",
            Cmdline = texts.Cmdline,
            Disks = [new() { Path = texts.Path + "1", Serial = texts.Serial }, new() { Path = texts.Path + "2", Bus = DiskBus.Scsi, Cache = DiskCache.None }],
            Nics = [new() { Type = NicType.Tap, Bridge = "b", Mac = "52:54:00:12:34:56" }],
        },
        new(texts.Run),
        UseKvm: false)
    {
        Uefi = new(texts.Path + "c", texts.Store),
        BackEnds = BackEnds.None with { Networks = new Dictionary<string, JsonObject> { ["net0"] = new() { ["type"] = "tap", ["ifname"] = texts.Bridge } } },
    };

    private sealed record Texts(
        string Name, string Path, string Serial, string Cmdline, string Bridge, string Run, string Store)
    {
        public static readonly string[] Names = ["name", "path", "serial", "cmdline", "bridge", "run", "store"];

        public static Texts Harmless { get; } = new(
            Mark("name"), "/" + Mark("path"), Mark("serial"), Mark("cmdline"), Mark("bridge"), "/run/" + Mark("run") + "x", "/" + Mark("store"));

        public static IEnumerable<string> Of(Texts t) => [t.Name, t.Path, t.Serial, t.Cmdline, t.Bridge, t.Run, t.Store];

        private static string Mark(string name) => $"{EscapeTests.Harmless}-{name}-";
    }
}
