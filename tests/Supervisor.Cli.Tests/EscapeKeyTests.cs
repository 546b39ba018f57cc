using System.Text;
using VmSupervisor.Cli.Consoles;

namespace VmSupervisor.Supervisor.Cli.Tests;

public sealed class EscapeKeyTests
{
    [Theory]
    [InlineData("abc", "abc", false)]
    [InlineData("a\x1dq", "a", true)]
    [InlineData("a\x1d.", "a", true)]
    [InlineData("a\x1d\x1d" + "b", "a\x1d" + "b", false)]
    [InlineData("\x1d\x1dq", "\x1dq", false)]
    [InlineData("a\x1dx", "a\x1dx", false)]
    [InlineData("q.", "q.", false)]
    public void The_escape_key_leaves_only_before_its_letter(string typed, string toGuest, bool leaves)
    {
        Assert.True(EscapeKey.TryParse("^]", out var key));
        foreach (var step in new[] { 1, typed.Length })
        {
            var escape = new EscapeKey(key);
            var passed = new List<byte>();
            var left = false;
            foreach (var piece in Encoding.Latin1.GetBytes(typed).Chunk(step))
                left |= escape.Take(piece, passed);
            Assert.Equal((toGuest, leaves), (Encoding.Latin1.GetString([.. passed]), left));
        }
    }

    [Theory]
    [InlineData("^a", "Ctrl-A")]
    [InlineData("^]", "Ctrl-]")]
    [InlineData("~", "~")]
    [InlineData("none", null)]
    public void A_key_is_named_as_people_write_it(string text, string? name)
    {
        Assert.True(EscapeKey.TryParse(text, out var key));
        Assert.Equal(name, new EscapeKey(key).Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("^1")]
    [InlineData("ab")]
    public async Task What_is_no_key_is_refused(string text) =>
        Assert.Equal(2, (await new Prompt("/none").RunAsync("console", "7", "--escape", text)).Code);

    [Fact]
    public void A_text_is_seen_wherever_the_output_is_cut()
    {
        var until = new UntilText("PONG x");
        Assert.False(until.Sees("HB 1\nPON"u8));
        Assert.False(until.Sees("G"u8));
        Assert.True(until.Sees(" x\n"u8));
    }
}
