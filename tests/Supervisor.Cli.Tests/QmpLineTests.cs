using VmSupervisor.Cli.Monitors;

namespace VmSupervisor.Supervisor.Cli.Tests;

/// <summary>QMP as a person types it.</summary>
public sealed class QmpLineTests
{
    [Theory]
    [InlineData("query-status", """{"execute":"query-status"}""")]
    [InlineData("  set_link  {\"name\": \"a\", \"up\": true} ", """{"execute":"set_link","arguments":{"name":"a","up":true}}""")]
    [InlineData("""{"execute": "x", "id": 1}""", """{"execute": "x", "id": 1}""")]
    [InlineData("set_link name=a", """{"execute":"set_link","arguments":"name=a"}""")]
    public void A_name_and_arguments_become_a_command(string typed, string sent) => Assert.Equal(sent, QmpLine.ToJson(typed));
}
