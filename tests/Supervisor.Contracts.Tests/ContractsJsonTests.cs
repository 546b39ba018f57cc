using System.Text.Json;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Json;
using VmSupervisor.Contracts.Views;
using Op = VmSupervisor.Contracts.OperationId;

namespace VmSupervisor.Contracts.Tests;

public sealed class ContractsJsonTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 13, 0, 0, 250, TimeSpan.FromHours(1));

    private static readonly VmView View = new(
        new VmId(104), "web-1", "a", "CleanedUp", new Incarnation(0), "off", null, "defined", Noon, null, null, 0,
        [new VolumeView("disk0", "/images/ä.qcow2", false, false)], [])
    { Version = 1, Networks = [new NetworkView("net0", "tap", "br0", "52:54:00:00:00:01", [])] };

    private static readonly OperationView Operation = new(
        Op.Parse("op-1"), new VmId(104), "start", OperationStatus.Refused, "uid 0 (root)", Noon, Noon,
        new Problem(ProblemKind.NotFound, "vm 104: it's <gone>"), null);

    [Fact]
    public void A_view_has_every_field_in_the_fixed_order_and_null_where_there_is_nothing() =>
        Assert.Equal(
            """
            {"id":104,"name":"web-1","node":"a","state":"CleanedUp","incarnation":0,"guest":"off","pid":null,"cause":"defined",
            "since":"2026-03-01T12:00:00.25Z","operation":null,"activity":null,"restarts":0,
            "volumes":[{"name":"disk0","path":"/images/ä.qcow2","active":false,"kept":false}],"problems":[],"detail":"","machine":"","home":null,"pending":false,
            "networks":[{"name":"net0","type":"tap","bridge":"br0","mac":"52:54:00:00:00:01","forwards":[]}],"version":1}
            """.ReplaceLineEndings(""),
            JsonSerializer.Serialize(View, ContractsJson.Options));

    [Fact]
    public void An_operation_carries_kebab_case_names_and_its_problem() =>
        Assert.Equal(
            """
            {"id":"op-1","vm":104,"kind":"start","status":"refused","by":"uid 0 (root)","requestedAt":"2026-03-01T12:00:00.25Z",
            "endedAt":"2026-03-01T12:00:00.25Z","problem":{"kind":"not-found","detail":"vm 104: it's <gone>"},"note":null}
            """.ReplaceLineEndings(""),
            JsonSerializer.Serialize(Operation, ContractsJson.Options));

    [Fact]
    public void What_is_written_is_read_back_as_it_was()
    {
        Same(View);
        Same<IReadOnlyList<VmView>>([View, View with { Pid = 7, Operation = Op.Parse("x"), Activity = "backup" }]);
        Same(Operation);
        Same<IReadOnlyList<OperationView>>([Operation]);
        Same(new NodeView("a", "0.1.0", true, 2, 17, ["one"]));
        Same<VmCommand.Shutdown>(new(TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(500), true));
        Same<VmCommand.Start>(new(true));
        Same<VmCommand.Migrate>(new("b", MigrationTransport.Tunnel, 1, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), LateMigration.StopAndCopy, true, 2, MigrationStorage.Move, [new("/a", "/b")], true));
        Same<VmCommand.MigrateResolve>(new(LostNode.Source, true));
        Same(ProblemDocument.Of(Operation.Problem!, Operation, [new("vm.id", "nothing", "a number")]));

        var entry = new HistoryEntry(3, Noon, new Incarnation(2), "exited", null, null, "pidfd", new Dictionary<string, string> { ["signal"] = "9" });
        var read = Read<VmEvent>(JsonSerializer.Serialize(new VmEvent(9, new VmId(1), entry), ContractsJson.Options))!;
        Assert.Equal((9L, new VmId(1), "9"), (read.Position, read.Vm, read.Entry.Data["signal"]));
        Assert.Equal(entry, read.Entry with { Data = entry.Data });
    }

    [Theory]
    [InlineData("""{"timeout":"30s","forceAfter":null}""", 30_000)]
    [InlineData("""{"timeout":"1 minute"}""", 60_000)]
    [InlineData("""{"timeout":"1.5s","keepActive":false}""", 1_500)]
    public void A_command_is_read_from_its_own_fields(string json, int milliseconds) =>
        Assert.Equal(new VmCommand.Shutdown(TimeSpan.FromMilliseconds(milliseconds)), Read<VmCommand.Shutdown>(json));

    [Theory]
    [InlineData("""{"timeout":30}""")]
    [InlineData("""{"timeout":"30"}""")]
    [InlineData("""{"timeout":"-30s"}""")]
    [InlineData("""{"timeOut":"30s"}""")]
    [InlineData("""{"force":true}""")]
    public void A_command_with_a_wrong_field_is_refused(string json) =>
        Assert.Throws<JsonException>(() => Read<VmCommand.Shutdown>(json));

    [Theory]
    [InlineData("\"104\"")]
    [InlineData("0")]
    [InlineData("1000000000")]
    public void A_vm_id_is_a_number_in_its_range(string json) =>
        Assert.Throws<JsonException>(() => Read<VmView>($$"""{"id":{{json}}}"""));

    [Fact]
    public void Every_kind_of_problem_has_a_status_that_leads_back_to_it()
    {
        foreach (var kind in Enum.GetValues<ProblemKind>())
            Assert.Equal(kind, ProblemDocument.KindOf(ProblemDocument.StatusOf(kind)));
    }

    private static void Same<T>(T value) => Assert.Equivalent(value, Read<T>(JsonSerializer.Serialize(value, ContractsJson.Options)), strict: true);

    private static T? Read<T>(string json) => JsonSerializer.Deserialize<T>(json, ContractsJson.Options);
}
