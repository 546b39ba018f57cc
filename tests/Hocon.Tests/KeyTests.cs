using static VmSupervisor.Hocon.Tests.Reading;

namespace VmSupervisor.Hocon.Tests;

public sealed class KeyTests
{
    [Theory]
    [InlineData("foo.bar.baz : 42", """{"foo":{"bar":{"baz":42}}}""")]
    [InlineData("a.x : 42, a.y : 43", """{"a":{"x":42,"y":43}}""")]
    [InlineData("a b c : 42", """{"a b c":42}""")]
    [InlineData("true : 42", """{"true":42}""")]
    [InlineData("3 : 42", """{"3":42}""")]
    [InlineData("3.14 : 42", """{"3":{"14":42}}""")]
    [InlineData("10.0foo : 1", """{"10":{"0foo":1}}""")]
    [InlineData("foo10.0 : 1", """{"foo10":{"0":1}}""")]
    [InlineData("foo\"10.0\" : 1", """{"foo10.0":1}""")]
    [InlineData("1.2.3 : 1", """{"1":{"2":{"3":1}}}""")]
    [InlineData("a.\"\".b : 1", """{"a":{"":{"b":1}}}""")]
    [InlineData("foo.bar.\"hello.world\" : 1", """{"foo":{"bar":{"hello.world":1}}}""")]
    [InlineData("foo include : 42", """{"foo include":42}""")]
    [InlineData("\"include\" : 42", """{"include":42}""")]
    [InlineData("included : 42", """{"included":42}""")]
    [InlineData("-1 : x", """{"-1":"x"}""")]
    public void Keys_are_path_expressions(string text, string json) => Assert.Equal(json, Json(text));

    [Theory]
    [InlineData("a..b = 1", "a.conf:1:3")]
    [InlineData(".a = 1", "a.conf:1:1")]
    [InlineData("a. = 1", "a.conf:1:3")]
    [InlineData(". = 1", "a.conf:1:1")]
    public void Empty_elements_must_be_quoted(string text, string place) =>
        Assert.Equal($"{place}: found an empty element in a key; write it as \"\" when it is meant", Fault(text));

    [Fact]
    public void Empty_paths_in_substitutions_are_refused()
    {
        Assert.Equal("a.conf:1:5: found an empty substitution; a path such as a.b is needed", Fault("a = ${}"));
        Assert.Equal("a.conf:1:5: found an empty substitution; a path such as a.b is needed", Fault("a = ${? }"));
        Assert.Equal("a.conf:1:9: found an empty element in a substitution; write it as \"\" when it is meant", Fault("a = ${b..c}"));
    }

    [Theory]
    [InlineData("${a} = 1", "a.conf:1:1: found a substitution where a key is expected")]
    [InlineData("a${b} = 1", "a.conf:1:2: found a substitution after the key a; '=', ':', '+=' or '{' is allowed")]
    [InlineData("[a] = 1\nb = 2", "a.conf:1:5: found '=' after the root's closing bracket; nothing may follow it")]
    [InlineData("x = ${a${b}}", "a.conf:1:8: found a substitution in a substitution; a path and '}' are allowed")]
    [InlineData("x = ${ ?a}", "a.conf:1:8: found '?', which an unquoted string cannot contain; quote the string")]
    [InlineData("x = ${a\n}", "a.conf:1:8: found the end of the line in a substitution; a path and '}' are allowed")]
    [InlineData("x = ${a", "a.conf:1:8: found the end of the text in a substitution; a path and '}' are allowed")]
    public void Substitutions_stand_neither_in_keys_nor_in_each_other(string text, string fault) => Assert.Equal(fault, Fault(text));

    [Fact]
    public void Later_keys_win_and_objects_merge()
    {
        Assert.Equal("""{"foo":{"a":42,"b":43}}""", Json("""{ "foo" : { "a" : 42 }, "foo" : { "b" : 43 } }"""));
        Assert.Equal("""{"a":{"b":2,"c":{"d":1,"e":2}}}""", Json("a { b = 1, c { d = 1 } }\na { b = 2, c.e = 2 }"));
        Assert.Equal("""{"a":[2]}""", Json("a = [1]\na = [2]"));
        Assert.Equal("""{"a":1}""", Json("a = {b=1}\na = 1"));
    }

    [Fact]
    public void A_value_between_two_objects_prevents_their_merge() =>
        Assert.Equal("""{"foo":{"b":43}}""", Json("""{ "foo" : { "a" : 42 }, "foo" : null, "foo" : { "b" : 43 } }"""));

    [Fact]
    public void Keys_keep_the_order_of_their_first_appearance_and_the_place_of_their_last()
    {
        var read = Read("b = 1\na = 2\nb = 3");
        Assert.Equal("b 3:1, a 2:1", string.Join(", ", read.Fields.Select(
            field => $"{field.Key} {field.KeyOrigin.Line}:{field.KeyOrigin.Column}")));
    }

    [Theory]
    [InlineData("vm.disks[0].path", """{"vm":{"disks":[{"path":5}]}}""")]
    [InlineData("a[1][0]", """{"a":[1,[5]]}""")]
    [InlineData("\"x.y\".z", """{"x.y":{"z":5}}""")]
    [InlineData("a[0].\"b c\"", """{"a":[{"b c":5}]}""")]
    public void Paths_with_indexes_lead_to_values_and_print_as_they_read(string path, string json)
    {
        Assert.Equal("5", Read(json).Find(HoconPath.Parse(path))!.ToJson());
        Assert.Equal(path, HoconPath.Parse(path).ToString());
        Assert.Equal(HoconPath.Parse(path), HoconPath.Parse(HoconPath.Parse(path).ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a[")]
    [InlineData("a[x]")]
    [InlineData("a[-1]")]
    [InlineData("a[0]b")]
    [InlineData("a[0].")]
    [InlineData("a = 1")]
    public void What_is_no_path_is_refused(string path) => Assert.Throws<HoconException>(() => HoconPath.Parse(path));
}
