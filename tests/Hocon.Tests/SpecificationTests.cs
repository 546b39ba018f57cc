using static VmSupervisor.Hocon.Tests.Reading;

namespace VmSupervisor.Hocon.Tests;

/// <summary>
/// The examples of HOCON's specification, in its order and with its own words as far as they are text; each beside what
/// the specification says it means.
/// </summary>
public sealed class SpecificationTests
{
    [Theory]

    // Omit root braces, key-value separator, commas.
    [InlineData("\"foo\" {}", """{"foo":{}}""")]
    [InlineData("foo : { a : 42 }, foo : { b : 43 }", """{"foo":{"a":42,"b":43}}""")]

    // Duplicate keys and object merging.
    [InlineData("{ \"foo\" : { \"a\" : 42 }, \"foo\" : null, \"foo\" : { \"b\" : 43 } }", """{"foo":{"b":43}}""")]

    // Multi-line strings; unquoted strings.
    [InlineData("a = \"\"\"foo\"\"\"\"", "{\"a\":\"foo\\\"\"}")]
    [InlineData("a : / b", """{"a":"/ b"}""")]

    // String value concatenation.
    [InlineData("foo bar = baz qux", """{"foo bar":"baz qux"}""")]
    [InlineData("x : ${a} ${b}\na = 1, b = 2", """{"x":"1 2","a":1,"b":2}""")]
    [InlineData("a : ${b}\"c\"\nb : true", """{"a":"truec","b":true}""")]

    // Array and object concatenation.
    [InlineData("a : { b : 1 } { b : 2, c : 3 }", """{"a":{"b":2,"c":3}}""")]
    [InlineData("data-center-generic = { cluster-size = 6 }\ndata-center-east = ${data-center-generic} { name = \"east\" }",
        """{"data-center-generic":{"cluster-size":6},"data-center-east":{"cluster-size":6,"name":"east"}}""")]
    [InlineData("data-center-generic = { cluster-size = 6 }\ndata-center-east = ${data-center-generic} { cluster-size = 9, name = \"east\" }",
        """{"data-center-generic":{"cluster-size":6},"data-center-east":{"cluster-size":9,"name":"east"}}""")]
    [InlineData("path = [ /bin ]\npath = ${path} [ /usr/bin ]", """{"path":["/bin","/usr/bin"]}""")]
    [InlineData("x : [ [ 1, 2 ] [ 3, 4 ] ]", """{"x":[[1,2,3,4]]}""")]
    [InlineData("x : [ [ 1, 2 ]\n[ 3, 4 ] ]", """{"x":[[1,2],[3,4]]}""")]
    [InlineData("x : [ a b c, d ]", """{"x":["a b c","d"]}""")]

    // Path expressions; paths as keys.
    [InlineData("10.0foo : 1", """{"10":{"0foo":1}}""")]
    [InlineData("foo10.0 : 1", """{"foo10":{"0":1}}""")]
    [InlineData("foo\"10.0\" : 1", """{"foo10.0":1}""")]
    [InlineData("foo.bar : 42, foo.baz : 43", """{"foo":{"bar":42,"baz":43}}""")]
    [InlineData("a.x : 42, a.y : 43", """{"a":{"x":42,"y":43}}""")]
    [InlineData("a b c : 42", """{"a b c":42}""")]
    [InlineData("true : 42", """{"true":42}""")]
    [InlineData("3.14 : 42", """{"3":{"14":42}}""")]
    [InlineData("\"\" : 1", """{"":1}""")]

    // Substitutions.
    [InlineData("basedir = \"/whatever/whatever\"\nbasedir = ${?FORCED_BASEDIR}", """{"basedir":"/whatever/whatever"}""")]
    [InlineData("a : [ ${?no}, 1 ]", """{"a":[1]}""")]
    [InlineData("a : ${?no}\"\"", """{"a":""}""")]
    [InlineData("key : ${animal.favorite} is my favorite animal\nanimal { favorite : cat }", """{"key":"cat is my favorite animal","animal":{"favorite":"cat"}}""")]

    // Self-referential substitutions.
    [InlineData("path : \"a:b:c\"\npath : ${path}\":d\"", """{"path":"a:b:c:d"}""")]
    [InlineData("foo : { a : { c : 1 } }\nfoo : ${foo.a}\nfoo : { a : 2 }", """{"foo":{"c":1,"a":2}}""")]
    [InlineData("bar : { foo : 42, baz : ${bar.foo} }", """{"bar":{"foo":42,"baz":42}}""")]
    [InlineData("bar : { foo : 42, baz : ${bar.foo} }\nbar : { foo : 43 }", """{"bar":{"foo":43,"baz":43}}""")]
    [InlineData("bar : { a : ${foo.d}, b : 1 }\nbar.b = 3\nfoo : { c : ${bar.b}, d : 2 }\nfoo.d = 4", """{"bar":{"a":4,"b":3},"foo":{"c":3,"d":4}}""")]
    [InlineData("a = ${?a}foo", """{"a":"foo"}""")]
    [InlineData("a : ${?b}\nb : ${?a}", "{}")]

    // The += field separator.
    [InlineData("a += b", """{"a":["b"]}""")]
    [InlineData("dic { a = [1] }\ndic.a += 2", """{"dic":{"a":[1,2]}}""")]
    public void An_example_means_what_it_says(string text, string json)
    {
        var read = Read(text);
        Assert.Equal(Read(json), read);
        Assert.Equal(read, Read(HoconRenderer.Render(read)));
    }

    [Theory]
    [InlineData("foo : { a : 1 }, bar : ${foo} [ 1 ]")]
    [InlineData("a : [ 1, 2 ] x")]
    [InlineData("a : 1, a += 2")]
    [InlineData("a : ${a}")]
    [InlineData("a : ${b}, b : ${a}")]
    [InlineData("a : ${b}, b : ${c}, c : ${a}")]
    [InlineData("a : 1, b : ${no}")]
    [InlineData("include : 42")]
    [InlineData("include { x : 42 }")]
    [InlineData("include foo : 42")]
    [InlineData("a : { b : ${a} }")]
    public void An_example_that_is_an_error_is_refused(string text) => Assert.StartsWith("a.conf:1:", Fault(text, With()));

    /// <summary>What comes with an inclusion is resolved from where it was included, and may be overridden there.</summary>
    [Fact]
    public void Substitutions_of_included_files_are_looked_up_twice()
    {
        var options = new HoconOptions { Includes = new MemoryIncludes(("foo.conf", "{ x : 10, y : ${x} }"), ("bar.conf", "{ y : ${x} }")) };
        Assert.Equal("""{"a":{"x":10,"y":10}}""", Json("{ a : { include \"foo.conf\" } }", options));
        Assert.Equal("""{"a":{"x":42,"y":42}}""", Json("{ a : { include required(file(\"foo.conf\")) }, a : { x : 42 } }", options));
        Assert.Equal("""{"a":{"y":7},"x":7}""", Json("{ a : { include \"bar.conf\" }, x : 7 }", options));
    }

    /// <summary>What is not found in the tree comes from the environment, as a string; what is null there does not.</summary>
    [Fact]
    public void The_environment_is_the_last_place_to_look()
    {
        var options = With(("HOME", "/root"), ("EMPTY", ""));
        Assert.Equal("""{"path":"/root/bin","set":"/root"}""", Json("path : ${HOME}/bin, set : ${?HOME}", options));
        Assert.Equal("""{"empty":""}""", Json("empty : ${EMPTY}", options));
        Assert.Equal("""{"HOME":null,"home":null}""", Json("HOME : null, home : ${HOME}", options));
        Assert.Equal("""{"HOME":{"x":"/root"}}""", Json("HOME { x : ${?HOME.no} }, HOME { x : /root }", options));
    }

    [Theory]
    [InlineData("d day days", 0, 0, 1)]
    [InlineData("w week weeks", 0, 0, 7)]
    [InlineData("m mo month months", 0, 1, 0)]
    [InlineData("y year years", 1, 0, 0)]
    public void Every_name_of_a_period_is_known(string names, int years, int months, int days)
    {
        foreach (var name in names.Split(' '))
        {
            Assert.Equal(new HoconPeriod(3 * years, 3 * months, 3 * days), Read($"a = 3 {name}").GetPeriod("a"));
            Assert.Equal(new HoconPeriod(-years, -months, -days), Read($"a = -1{name}").GetPeriod("a"));
        }
    }

    [Fact]
    public void Objects_with_numbers_as_keys_are_arrays_where_an_array_is_wanted()
    {
        Assert.Equal("""["a","b","c"]""", Read("x : { \"0\" : a, \"2\" : c, \"1\" : b }").GetArray("x").ToJson());
        Assert.Equal("""["a","b"]""", Read("x : { \"0\" : a, no : n, \"5\" : b }").GetArray("x").ToJson());
        Assert.Throws<HoconException>(() => Read("x : {}").GetArray("x"));
    }
}
