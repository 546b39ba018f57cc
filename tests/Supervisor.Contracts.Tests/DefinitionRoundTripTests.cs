using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using VmSupervisor.Arbitraries;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Json;

namespace VmSupervisor.Contracts.Tests;

public sealed class DefinitionRoundTripTests
{
    [Fact]
    public void What_is_written_reads_back_as_it_was() =>
        Check.One(Texts.Cases(200), Prop.ForAll(ValidDefinitions.Any.ToArbitrary(), definition =>
        {
            using var document = JsonDocument.Parse(DefinitionWriter.ToJson(definition));
            var read = DefinitionReader.Read(document.RootElement);
            return (definition == read.Definition).Label(read.ToString());
        }));

    [Fact]
    public void Inside_other_documents_a_definition_has_the_same_form()
    {
        var definition = new VmDefinition { Id = new VmId(1), Name = "a", Memory = 1 << 20, Disks = [new() { Path = "/d" }], Nics = [new()] };
        const string json =
            """
            {"vm":{"id":1,"name":"a","memory":1048576,"cpus":1,"cpu-flags":[],"machine":"q35","accel":"auto","firmware":"bios","boot":[],
            "disks":[{"type":"file","path":"/d","format":"qcow2","bus":"virtio","readonly":false,"media":"disk","cache":"writeback","discard":"ignore","iothread":false}],
            "nics":[{"type":"user","mac":"auto","link":"up","forward":[]}],"rng":true,"balloon":true,"agent":false,"pvpanic":true,"watchdog":"reset","hooks":[],"restart":"never","on-panic":"stop","autostart":false,"startup":{"order":1000,"delay":"0s"},
            "shutdown-timeout":"60s","qemu-args":[]}}
            """;
        Assert.Equal(json.ReplaceLineEndings(""), JsonSerializer.Serialize(definition, ContractsJson.Options));
        Assert.Equal(definition, JsonSerializer.Deserialize<VmDefinition>(json, ContractsJson.Options));
        var fault = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<VmDefinition>("""{"vm":{"id":1}}""", ContractsJson.Options));
        Assert.StartsWith("vm.memory: found nothing", fault.Message);
    }
}
