using static VmSupervisor.Hocon.Tests.Reading;

namespace VmSupervisor.Hocon.Tests;

public sealed class SyntaxTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"a":1,"b":[true,false,null,"x"],"c":{"d":-1.5e+10}}""")]
    [InlineData("""{"text":"quote \" slash / backslash \\ tab \t line \n é"}""")]
    public void Json_reads_as_itself(string json) => Assert.Equal(json, Json(json));

    [Fact]
    public void Json_over_many_lines_with_separators_on_their_own_lines_reads_as_itself() =>
        Assert.Equal("""{"a":1,"b":[1,2],"c":{}}""", Json("{\n\"a\"\n:\n1\n,\n\"b\"\n:\n[\n1\n,\n2\n]\n,\"c\"\n{\n}\n}\n"));

    [Fact]
    public void An_empty_text_is_an_empty_object()
    {
        Assert.Equal("{}", Json(""));
        Assert.Equal("{}", Json("\n # only a comment"));
    }

    [Fact]
    public void Comments_end_at_the_line_and_do_not_start_in_quotes() =>
        Assert.Equal("""{"a":1,"b":"# not // one","c":"x","d":2}""",
            Json("# one\n// two\na = 1 // three\nb = \"# not // one\"#four\nc = x//five\nd = 2 # six"));

    [Fact]
    public void One_slash_is_an_ordinary_character() =>
        Assert.Equal("""{"path":"/images/web-1.qcow2"}""", Json("path = /images/web-1.qcow2"));

    [Theory]
    [InlineData("a = 1")]
    [InlineData("a : 1")]
    [InlineData("{ a = 1 }")]
    [InlineData("a=1,")]
    [InlineData("\"a\":1")]
    [InlineData("\n\n a \n = \n 1 \n\n")]
    public void Braces_and_separators_can_be_written_in_many_ways(string text) => Assert.Equal("""{"a":1}""", Json(text));

    [Fact]
    public void No_separator_is_needed_before_a_brace() =>
        Assert.Equal("""{"vm":{"id":104,"disks":[{"path":"x"}]}}""", Json("vm { id = 104, disks = [ { path = x } ] }"));

    [Theory]
    [InlineData("[1,2,3]")]
    [InlineData("[1,2,3,]")]
    [InlineData("[1\n2\n3]")]
    [InlineData("[\n1,\n2\n,3\n]")]
    public void Elements_are_separated_by_a_comma_or_a_newline(string text) => Assert.Equal("[1,2,3]", Json(text));

    [Theory]
    [InlineData("[1,2,3,,]", "a.conf:1:8: found ',' after a comma; one comma may stand between two elements and after the last")]
    [InlineData("[,1]", "a.conf:1:2: found ',' where a value is expected; one comma may stand between two elements and after the last")]
    [InlineData("[1,,2]", "a.conf:1:4: found ',' after a comma; one comma may stand between two elements and after the last")]
    [InlineData("{a=1,,b=2}", "a.conf:1:6: found ',' after a comma; one comma may stand between two fields and after the last")]
    [InlineData(",a=1", "a.conf:1:1: found ',' where a key is expected; one comma may stand between two fields and after the last")]
    public void Two_commas_in_a_row_are_refused(string text, string fault) => Assert.Equal(fault, Fault(text));

    [Theory]
    [InlineData("a = {", "a.conf:1:5: found '{' that is never closed")]
    [InlineData("a = [1", "a.conf:1:5: found '[' that is never closed")]
    [InlineData("a = 1 }", "a.conf:1:7: found '}' after a field; a comma or a newline is allowed")]
    [InlineData("a = 1\n}", "a.conf:2:1: found '}' that nothing opens")]
    [InlineData("{a = 1} b", "a.conf:1:9: found 'b' after the root's closing bracket; nothing may follow it")]
    [InlineData("[1] [2]", "a.conf:1:5: found '[' after the root's closing bracket; nothing may follow it")]
    [InlineData("a = [1}", "a.conf:1:7: found '}' after an element; a comma, a newline or ']' is allowed")]
    [InlineData("just words", "a.conf:1:11: found the end of the text after the key \"just words\"; '=', ':', '+=' or '{' is allowed")]
    [InlineData("a =", "a.conf:1:4: found the end of the text where a value is expected")]
    [InlineData("a = }", "a.conf:1:5: found '}' where a value is expected")]
    [InlineData("a = , b = 1", "a.conf:1:5: found ',' where a value is expected")]
    [InlineData("= 1", "a.conf:1:1: found '=' where a key is expected")]
    [InlineData("a = {x=1} b = 2", "a.conf:1:11: found a string or number beside an object in one value; a comma or a newline ends a value")]
    [InlineData("a = b {x=1}", "a.conf:1:7: found an object beside a string or number in one value; a comma or a newline ends a value")]
    [InlineData("a = [1] {x=1}", "a.conf:1:9: found an object beside an array in one value; a comma or a newline ends a value")]
    public void Unbalanced_and_incomplete_texts_are_refused_where_they_break(string text, string fault) =>
        Assert.Equal(fault, Fault(text));

    [Fact]
    public void A_byte_order_mark_is_white_space() => Assert.Equal("""{"a":1}""", Json("\ufeffa = 1"));

    [Fact]
    public void Carriage_returns_before_newlines_do_not_reach_values() =>
        Assert.Equal("""{"a":"x","b":[1,2],"c":"y"}""", Json("a = x\r\nb = [\r\n1\r\n2\r\n]\r\nc = \"y\" # z\r\n"));

    [Theory]
    [InlineData('\u00a0')]
    [InlineData('\u2007')]
    [InlineData('\u202f')]
    [InlineData('\u2028')]
    [InlineData('\t')]
    [InlineData('\v')]
    [InlineData('\u001c')]
    [InlineData('\u001f')]
    public void Every_kind_of_white_space_is_trimmed_around_values(char space) =>
        Assert.Equal("""{"a":"x"}""", Json($"{space}a{space}={space}x{space}"));

    [Theory]
    [InlineData('[', ']')]
    [InlineData('{', '}')]
    public void Deep_nesting_is_a_fault_and_no_stack_overflow(char open, char close)
    {
        var one = open == '{' ? "{a:" : "[";
        var text = string.Concat(Enumerable.Repeat(one, 100_000)) + "1" + new string(close, 100_000);
        Assert.Contains("nested more than 200 deep", Fault("a = " + text));
    }

    [Fact]
    public void Nesting_up_to_the_bound_is_read_and_written()
    {
        var text = new string('[', 199) + new string(']', 199);
        Assert.Equal($$"""{"a":{{text}}}""", Json("a = " + text));
        Assert.Equal(Read("a = " + text), Read(HoconRenderer.Render(Read("a = " + text))));
    }

    [Fact]
    public void A_key_of_very_many_elements_is_a_fault() =>
        Assert.Contains("nested more than 200 deep", Fault(string.Join('.', Enumerable.Repeat("a", 100_000)) + " = 1"));
}
