using static VmSupervisor.Hocon.Tests.Reading;

namespace VmSupervisor.Hocon.Tests;

public sealed class StringTests
{
    [Theory]
    [InlineData("foo bar baz", "foo bar baz")]
    [InlineData("  foo   bar\t baz  ", "foo   bar\t baz")]
    [InlineData("\"foo\"  bar", "foo  bar")]
    [InlineData("\" foo \" \" bar \"", " foo   bar ")]
    [InlineData("truefoo", "truefoo")]
    [InlineData("footrue", "footrue")]
    [InlineData("10.0bar", "10.0bar")]
    [InlineData("bar10.0", "bar10.0")]
    [InlineData("true foo", "true foo")]
    [InlineData("null x", "null x")]
    [InlineData("1e5 x", "1e5 x")]
    [InlineData("1.0 2.00", "1.0 2.00")]
    [InlineData("512 MiB", "512 MiB")]
    [InlineData("60s", "60s")]
    [InlineData("192.168.1.1", "192.168.1.1")]
    [InlineData("2024-01-31", "2024-01-31")]
    [InlineData("007", "007")]
    [InlineData("1.", "1.")]
    [InlineData("-device", "-device")]
    [InlineData("--no-reboot", "--no-reboot")]
    [InlineData("a-1", "a-1")]
    [InlineData("include", "include")]
    [InlineData("file(x)", "file(x)")]
    public void Values_side_by_side_are_one_string_as_written(string text, string value)
    {
        Assert.Equal(value, Assert.IsType<HoconString>(Read("a = " + text).Find(HoconPath.Parse("a"))).Text);
        Assert.Equal(value, Assert.IsType<HoconString>(Assert.Single(Read($"a = [ {text} ]").GetArray("a"))).Text);
    }

    [Theory]
    [InlineData("true", typeof(HoconBoolean))]
    [InlineData("null", typeof(HoconNull))]
    [InlineData("1e5", typeof(HoconNumber))]
    [InlineData("-0.50", typeof(HoconNumber))]
    [InlineData("\"1\"", typeof(HoconString))]
    public void A_value_alone_keeps_its_type(string text, Type type) =>
        Assert.IsType(type, Read($"a = {text} # end").Find(HoconPath.Parse("a")));

    [Theory]
    [InlineData('$')]
    [InlineData('+')]
    [InlineData('`')]
    [InlineData('^')]
    [InlineData('?')]
    [InlineData('!')]
    [InlineData('@')]
    [InlineData('*')]
    [InlineData('&')]
    [InlineData('\\')]
    public void Forbidden_characters_are_refused_with_the_remedy(char c)
    {
        var message = $"found '{c}', which an unquoted string cannot contain; quote the string";
        Assert.Equal($"a.conf:1:5: {message}", Fault($"a = {c}"));
        Assert.Equal($"a.conf:2:6: {message}", Fault($"\na = x{c}y"));
        Assert.Equal($"a.conf:1:2: {message}", Fault($"x{c} = 1"));
    }

    [Theory]
    [InlineData("mac = 52:54:00:12", "a.conf:1:9: found ':' in a value; quote the string it belongs to, or begin the next field on a line of its own")]
    [InlineData("cmdline = console=ttyS0", "a.conf:1:18: found '=' in a value; quote the string it belongs to, or begin the next field on a line of its own")]
    public void A_separator_in_an_unquoted_value_is_refused(string text, string fault) => Assert.Equal(fault, Fault(text));

    [Fact]
    public void Escapes_are_those_of_json() =>
        Assert.Equal("\"\\/\b\f\n\r\tA😀", Read("""a = "\"\\\/\b\f\n\r\t\u0041\ud83d\ude00" """).GetString("a"));

    [Theory]
    [InlineData("""a = "x\q" """, """a.conf:1:7: found the escape \q; \" \\ \/ \b \f \n \r \t and \uXXXX are allowed""")]
    [InlineData("""a = "\u12g4" """, """a.conf:1:6: found \u without four hexadecimal digits""")]
    [InlineData("""a = "\u12" """, """a.conf:1:6: found \u without four hexadecimal digits""")]
    [InlineData("""a = "\ud83d" """, """a.conf:1:5: found half of a surrogate pair, \ud83d, in a quoted string""")]
    [InlineData("a = \"x\ty\"", """a.conf:1:7: found control character U+0009 in a quoted string; write it as \u0009""")]
    [InlineData("a = \"x\nb = 1", "a.conf:1:5: found a quoted string that does not end on its line; close it, or use \"\"\" for several lines")]
    [InlineData("a = \"x\\\n\"", "a.conf:1:5: found a quoted string that does not end on its line; close it, or use \"\"\" for several lines")]
    [InlineData("a = \"\"\"x\"\"", "a.conf:1:5: found a string that is opened with \"\"\" and never closed")]
    public void Broken_quoted_strings_are_refused(string text, string fault) => Assert.Equal(fault, Fault(text));

    [Fact]
    public void Triple_quotes_take_everything_as_it_stands() =>
        Assert.Equal("\n  a \\n \"b\"\r\n ", Read("x = \"\"\"\n  a \\n \"b\"\r\n \"\"\"").GetString("x"));

    [Theory]
    [InlineData("\"\"\"foo\"\"\"\"", "foo\"")]
    [InlineData("\"\"\"foo\"\"\"\"\"", "foo\"\"")]
    [InlineData("\"\"\"\"\"\"", "")]
    [InlineData("\"\"", "")]
    public void Extra_quotes_at_the_end_belong_to_the_string(string text, string value) =>
        Assert.Equal(value, Read("x = " + text).GetString("x"));

    [Fact]
    public void Origins_after_a_string_of_several_lines_are_right() =>
        Assert.Equal("a.conf:3:5", Read("x = \"\"\"1\n2\"\"\"\ny = 1").Find(HoconPath.Parse("y"))!.Origin.ToString());

    [Fact]
    public void Columns_count_characters() =>
        Assert.Equal("a.conf:1:7", Read("\"😀\" = é").Find(HoconPath.Root.Then("😀"))!.Origin.ToString());
}
