using static VmSupervisor.Hocon.Tests.Reading;

namespace VmSupervisor.Hocon.Tests;

public sealed class SubstitutionTests
{
    [Theory]
    [InlineData("a = ${b}\nb = 1", """{"a":1,"b":1}""")]
    [InlineData("a = ${b}\nb = true", """{"a":true,"b":true}""")]
    [InlineData("a = ${b}\nb = null", """{"a":null,"b":null}""")]
    [InlineData("a = ${b.c}\nb { c = [1, {d = 2}] }", """{"a":[1,{"d":2}],"b":{"c":[1,{"d":2}]}}""")]
    [InlineData("a = ${\"b.c\"}\n\"b.c\" = 1", """{"a":1,"b.c":1}""")]
    [InlineData("a = ${ b }\nb = 1", """{"a":1,"b":1}""")]
    [InlineData("a = ${?b}\nb = 1", """{"a":1,"b":1}""")]
    public void A_substitution_alone_keeps_the_type(string text, string json) => Assert.Equal(json, Json(text));

    [Theory]
    [InlineData("key : ${animal.favorite} is my favorite animal", "cat is my favorite animal")]
    [InlineData("key : ${animal.favorite}\" is my favorite animal\"", "cat is my favorite animal")]
    [InlineData("key : \"${animal.favorite}\"", "${animal.favorite}")]
    [InlineData("key : <${n}> ${t} ${z}", "<1.50> true null")]
    [InlineData("key : ${n}${n}", "1.501.50")]
    [InlineData("key : ${n} ${t}", "1.50 true")]
    [InlineData("key : x${?no}y", "xy")]
    [InlineData("key : ${?no} ${n}", " 1.50")]
    public void In_a_string_a_substitution_is_its_text(string text, string value) =>
        Assert.Equal(value, Read(text + "\nanimal { favorite = cat }\nn = 1.50, t = true, z = null").GetString("key"));

    [Fact]
    public void A_later_value_replaces_a_substitution() =>
        Assert.Equal("""{"a":1,"b":2}""", Json("a = 1\nb = ${a}\nb = 2"));

    [Fact]
    public void A_substitution_before_the_last_assignment_sees_it_too() =>
        Assert.Equal("""{"a":2,"b":2}""", Json("a = 1\nb = ${a}\na = 2"));

    [Theory]
    [InlineData("a = ${?b}", "{}")]
    [InlineData("a = 1\na = ${?b}", """{"a":1}""")]
    [InlineData("a = ${?b}${?c}", "{}")]
    [InlineData("a = ${?b} ${?c}", "{}")]
    [InlineData("a = [1, ${?b}, 2]", """{"a":[1,2]}""")]
    [InlineData("a = ${?b} [1]", """{"a":[1]}""")]
    [InlineData("a = ${?b} {x=1}", """{"a":{"x":1}}""")]
    [InlineData("a = {x=1}\na = ${?b}", """{"a":{"x":1}}""")]
    [InlineData("a.b = ${?c}", """{"a":{}}""")]
    public void What_is_optional_and_undefined_leaves_nothing(string text, string json) => Assert.Equal(json, Json(text));

    [Fact]
    public void What_is_required_and_undefined_is_a_fault_each() =>
        Assert.Equal(
            [
                "a.conf:1:5: a: found ${b}, which is not defined; define it, or write ${?b} when it may be missing",
                "a.conf:2:11: c.d: found ${\"x.y\".z}, which is not defined; define it, or write ${?\"x.y\".z} when it may be missing",
                "a.conf:3:9: e: found ${c.d.f}, which is not defined; define it, or write ${?c.d.f} when it may be missing",
            ],
            Faults(() => Json("a = ${b}\nc { d = [ ${\"x.y\".z} ] }\ne = [1, ${c.d.f}]")));

    [Fact]
    public void What_is_hidden_is_never_looked_at()
    {
        Assert.Equal("""{"foo":42}""", Json("foo : ${does-not-exist}\nfoo : 42"));
        Assert.Equal("""{"foo":42}""", Json("foo : ${foo}\nfoo : 42"));
    }

    [Theory]
    [InlineData("a : { b : 1, c : 2 }")]
    [InlineData("a : { b : 1 } { c : 2 }")]
    [InlineData("a : { b : 1 }\na : { c : 2 }")]
    [InlineData("a = ${?x} { b : 1 } ${y}\ny { c : 2 }\ny = ${?z}")]
    public void Objects_side_by_side_merge(string text) =>
        Assert.Equal(Read("{ b : 1, c : 2 }"), Read(text).GetObject("a"));

    [Fact]
    public void An_object_can_inherit() =>
        Assert.Equal("""{"data-center-generic":{"cluster-size":6},"data-center-east":{"cluster-size":6,"name":"east"}}""",
            Json("data-center-generic = { cluster-size = 6 }\ndata-center-east = ${data-center-generic} { name = \"east\" }"));

    [Theory]
    [InlineData("a : [ 1, 2, 3, 4 ]")]
    [InlineData("a : [ 1, 2 ] [ 3, 4 ]")]
    [InlineData("a : [ 1, 2 ]\na : ${a} [ 3, 4 ]")]
    [InlineData("a : ${b}${c}\nb = [1,2], c = [3,4]")]
    [InlineData("a : ${b} ${c}\nb = [1,2], c { 1 = 4, 0 = 3, no = 5 }")]
    [InlineData("a += 1\na += 2\na += 3\na += 4")]
    public void Arrays_side_by_side_are_joined(string text) => Assert.Equal("[1,2,3,4]", Read(text).GetArray("a").ToJson());

    [Fact]
    public void Elements_of_arrays_are_joined_within_a_line_only()
    {
        Assert.Equal("""["1 2 3 4"]""", Json("[ 1 2 3 4 ]"));
        Assert.Equal("[[1,2,3,4]]", Json("[ [ 1, 2 ] [ 3, 4 ] ]"));
        Assert.Equal("[[1,2],[3,4]]", Json("[ [ 1, 2 ]\n [ 3, 4 ] ]"));
    }

    [Theory]
    [InlineData("a = [1]\nb = ${a} x", "a.conf:2:5: b: found an array in ${a} where a string is put together; a string is needed")]
    [InlineData("a = {}\nb = x ${a}", "a.conf:2:7: b: found an object in ${a} where a string is put together; a string is needed")]
    [InlineData("a = 5\nb = ${a} [1]", "a.conf:2:5: b: found number 5 in ${a} where an array is put together; an array is needed")]
    [InlineData("a = {x=1}\nb = ${a} [1]", "a.conf:2:5: b: found an object in ${a} where an array is put together; an array is needed")]
    [InlineData("a = 5\nb = ${a} {x=1}", "a.conf:2:5: b: found number 5 in ${a} where an object is put together; an object is needed")]
    [InlineData("a = 5\na += 1", "a.conf:2:3: a: found number 5 in ${a} where an array is put together; an array is needed")]
    public void Mixtures_are_refused(string text, string fault) => Assert.Equal(fault, Fault(text));

    [Fact]
    public void Substitutions_can_be_refused() =>
        Assert.Equal("a.conf:2:5: found a substitution; this text is read as it stands, without substitutions",
            Fault("a = 1\nb = ${?HOME}", HoconOptions.Literal));

    [Fact]
    public void A_value_keeps_the_place_where_it_was_written() =>
        Assert.Equal("a.conf:2:5", Read("a = ${b}\nb = 5 x").Find(HoconPath.Parse("a"))!.Origin.ToString());
}
