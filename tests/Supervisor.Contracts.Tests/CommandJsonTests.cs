using System.Text.Json;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Json;

namespace VmSupervisor.Contracts.Tests;

public sealed class CommandJsonTests
{
    public static TheoryData<VmCommand, string> Commands => new()
    {
        { new VmCommand.Undefine(Force: true), """{"kind":"undefine","force":true}""" },
        { new VmCommand.Start(Paused: true), """{"kind":"start","paused":true,"discardSaved":false}""" },
        { new VmCommand.Stop(), """{"kind":"stop","keepActive":false}""" },
        { new VmCommand.Shutdown(TimeSpan.FromSeconds(30)), """{"kind":"shutdown","timeout":"30s","forceAfter":null,"keepActive":false}""" },
        { new VmCommand.Reboot(), """{"kind":"reboot","timeout":null,"forceAfter":null}""" },
        { new VmCommand.Backup("/b", BackupMode.Stop), """{"kind":"backup","directory":"/b","mode":"stop","format":"qcow2","bytesPerSecond":null}""" },
        { new VmCommand.SuspendToDisk(), """{"kind":"suspend-to-disk"}""" },
        {
            new VmCommand.Migrate("b", Downtime: TimeSpan.FromMilliseconds(100)),
            """{"kind":"migrate","target":"b","transport":"auto","bytesPerSecond":null,"downtime":"100ms","deadline":null,"onDeadline":"abort","autoConverge":false,"channels":null,"storage":"detect","disks":null,"keepSource":false}"""
        },
        { new VmCommand.MigrateResolve(LostNode.Target, Fenced: true), """{"kind":"migrate-resolve","lost":"target","fenced":true}""" },
        { new VmCommand.Cancel(OperationId.Parse("op-1")), """{"kind":"cancel","operation":"op-1"}""" },
        { new VmCommand.Reset(), """{"kind":"reset"}""" },
        { new VmCommand.Pause(), """{"kind":"pause"}""" },
        { new VmCommand.Resume(), """{"kind":"resume"}""" },
    };

    [Theory, MemberData(nameof(Commands))]
    public void A_command_is_its_kind_and_its_fields(VmCommand command, string json)
    {
        var written = CommandJson.Write(command);

        Assert.Equal(json, written.GetRawText());
        Assert.Equal(command, CommandJson.Read(written));
    }

    [Fact]
    public void A_definition_comes_back_as_it_was()
    {
        var command = new VmCommand.Define(new VmDefinition { Id = new(104), Name = "web-1", Memory = 1 << 30 });

        Assert.Equal(command, CommandJson.Read(CommandJson.Write(command)));
    }

    [Fact]
    public void Every_command_there_is_can_be_read()
    {
        var declared = typeof(VmCommand).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(VmCommand))).Select(type => Kebab(type.Name));

        Assert.Equal(declared.Order(), CommandJson.Kinds.Order());
    }

    [Theory]
    [InlineData("""{"kind":"strt"}""", "did you mean start?")]
    [InlineData("""{"kind":3}""", "kind, a string")]
    [InlineData("""[]""", "allowed is an object")]
    [InlineData("""{"kind":"stop","timeout":"3s"}""", "timeout")]
    [InlineData("""{"kind":"define","definition":{"vm":{"id":1,"memory":"1 GiB"}},"force":true}""", "command.force")]
    [InlineData("""{"kind":"define","definition":{"vm":{"id":0}}}""", "2 faults")]
    public void What_is_wrong_is_said(string json, string said)
    {
        var exception = Assert.Throws<CommandFormatException>(() => CommandJson.Read(JsonDocument.Parse(json).RootElement));

        Assert.Contains(said, exception.Message);
    }

    private static string Kebab(string name) => JsonNamingPolicy.KebabCaseLower.ConvertName(name);
}
