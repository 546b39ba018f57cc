using System.Text.Json;
using VmSupervisor.Consoles.Monitors;
using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Supervisor.Tests.Consoles.Monitors;

/// <summary>What people may send to a monitor, and what is made of the answers.</summary>
public sealed class MonitorCommandTests
{
    [Theory]
    [InlineData("""{"execute":"query-status"}""", "query-status")]
    [InlineData("""{"execute":"set_link","arguments":{"name":"a","up":true},"id":[1,{"x":2}]}""", """set_link {"name":"a","up":true}""")]
    [InlineData("""{"execute":"set_password","arguments":{"protocol":"vnc","password":"secret"}}""", "set_password (its arguments may be secret)")]
    [InlineData("""{"execute":"human-monitor-command","arguments":{"command-line":"info status"}}""", "info status")]
    [InlineData("""{"execute":"human-monitor-command","arguments":{"command-line":"set_password vnc secret"}}""", "set_password (the rest may be secret)")]
    public void A_command_is_read_and_logged_in_one_line_without_secrets(string text, string logged)
    {
        Assert.True(MonitorCommand.TryRead(text, out var command, out _));
        Assert.Equal(logged, command.ForLog());
    }

    [Theory]
    [InlineData("", "this is no JSON")]
    [InlineData("query-status", "this is no JSON")]
    [InlineData("[]", "a command is an object with 'execute'")]
    [InlineData("{}", "a command is an object with 'execute'")]
    [InlineData("""{"execute":7}""", "a command is an object with 'execute'")]
    [InlineData("""{"execute":"x","arguments":[]}""", "'arguments' is no object")]
    [InlineData("""{"exec-oob":"x"}""", "commands out of band are not offered here")]
    public void What_is_no_command_is_refused_with_the_reason(string text, string reason)
    {
        Assert.False(MonitorCommand.TryRead(text, out _, out var fault));
        Assert.StartsWith(reason, fault);
    }

    [Fact]
    public void A_line_of_the_log_ends_somewhere_and_holds_no_control_characters()
    {
        var line = MonitorCommand.OfLine("x\n\u001b" + new string('y', 10_000)).ForLog();
        Assert.True(line.Length < 300);
        Assert.DoesNotContain(line, char.IsControl);
    }

    [Theory]
    [InlineData("unknown command: 'foo'\r\n", true)]
    [InlineData("Error: Device 'nope' not found\r\n", true)]
    [InlineData("Device 'x' not found\r\n", true)]
    [InlineData("invalid char in format: 'z'\r\nTry \"help x\" for more information\r\n", true)]
    [InlineData("Error opening logfile /nonexistent/x: No such file or directory\r\n", true)]
    [InlineData("VM status: paused (io-error)\r\n", false)]
    [InlineData("Errors: none\r\n", false)]
    [InlineData("", false)]
    public void What_the_human_monitor_refuses_is_told_from_what_it_answers(string answer, bool refused)
    {
        var news = MonitorAnswers.ForPeople(new QmpResult<QmpValue>.Returned(new(JsonSerializer.SerializeToElement(answer)), 1));
        Assert.Equal((refused, answer.Replace("\r", "")), (news.Failed, news.Text));
    }

    [Fact]
    public void An_answer_carries_the_id_of_its_command_whatever_that_is()
    {
        Assert.True(MonitorCommand.TryRead("""{"execute":"x","id":[1,{"x":2}]}""", out var command, out _));
        var answer = MonitorAnswers.ForPrograms(new QmpResult<QmpValue>.Refused("CommandNotFound", "no"), command.Id);
        Assert.Equal("""{"error":{"class":"CommandNotFound","desc":"no"},"id":[1,{"x":2}]}""", answer.Message!.Value.GetRawText());
        Assert.True(answer.Failed);
    }
}
