using static VmSupervisor.Hocon.Tests.Reading;

namespace VmSupervisor.Hocon.Tests;

public sealed class SelfReferenceTests
{
    [Theory]
    [InlineData("path = \"a:b:c\"\npath = ${path}\":d\"", """{"path":"a:b:c:d"}""")]
    [InlineData("path = /bin\npath = ${path}\":/usr/bin\"\npath = ${path}\":/sbin\"", """{"path":"/bin:/usr/bin:/sbin"}""")]
    [InlineData("path = [ /bin ]\npath = ${path} [ /usr/bin ]", """{"path":["/bin","/usr/bin"]}""")]
    [InlineData("foo : { a : 1 }\nfoo : ${foo}", """{"foo":{"a":1}}""")]
    [InlineData("foo : { a : { c : 1 } }\nfoo : ${foo.a}\nfoo : { a : 2 }", """{"foo":{"a":2,"c":1}}""")]
    [InlineData("a = ${?a}foo", """{"a":"foo"}""")]
    [InlineData("foo : ${?foo}", "{}")]
    [InlineData("a.b = 1\na.b = ${a.b}2", """{"a":{"b":"12"}}""")]
    [InlineData("a { b = 1 }\na { b = ${a.b}2 }\na { b = ${a.b}3 }", """{"a":{"b":"123"}}""")]
    [InlineData("a = { z = 1 }\na = ${a} { x = 1 }\na = ${a} { y = 2 }", """{"a":{"z":1,"x":1,"y":2}}""")]
    [InlineData("a = [1]\nb = ${a} [2]\na = ${b} [3]", """{"a":[1,2,3],"b":[1,2]}""")]
    public void A_self_reference_looks_back(string text, string json) => Assert.Equal(Read(json), Read(text));

    [Theory]
    [InlineData("bar : { foo : 42, baz : ${bar.foo} }", """{"bar":{"foo":42,"baz":42}}""")]
    [InlineData("bar : { foo : 42, baz : ${bar.foo} }\nbar : { foo : 43 }", """{"bar":{"foo":43,"baz":43}}""")]
    [InlineData("bar : { a : ${foo.d}, b : 1 }\nbar.b = 3\nfoo : { c : ${bar.b}, d : 2 }\nfoo.d = 4",
        """{"bar":{"a":4,"b":3},"foo":{"c":3,"d":4}}""")]
    [InlineData("a = ${b}\nb = { x = ${a.y}, y = 1 }", """{"a":{"x":1,"y":1},"b":{"x":1,"y":1}}""")]
    [InlineData("base = { x = 1, y = ${base.x} }\nmine = ${base} { x = 2 }", """{"base":{"x":1,"y":1},"mine":{"x":2,"y":1}}""")]
    public void Objects_can_refer_into_themselves_and_look_forward(string text, string json) => Assert.Equal(json, Json(text));

    [Theory]
    [InlineData("foo : ${foo}", 1)]
    [InlineData("foo : ${foo}\nfoo : { a : 1 }", 1)]
    [InlineData("a = ${a}bc", 1)]
    [InlineData("bar : ${foo}\nfoo : ${bar}", 2)]
    [InlineData("a : ${b}\nb : ${c}\nc : ${a}", 3)]
    public void A_circle_with_nothing_before_it_is_one_fault(string text, int line)
    {
        var fault = Fault(text);
        Assert.StartsWith($"a.conf:{line}:", fault);
        Assert.Contains("leads back to itself with nothing before it", fault);
    }

    [Theory]
    [InlineData("a : { b : ${a} }", "a.b")]
    [InlineData("a : [${a}]", "a")]
    [InlineData("a : [1]\na : [2, ${a}]", "a")]
    [InlineData("a { b = ${c} }\nc { d = ${a} }", "c.d")]
    public void An_object_or_array_that_holds_itself_is_a_cycle(string text, string key) =>
        Assert.Contains($": {key}: found a substitution of the object or array that it stands in: a cycle", Fault(text));

    [Theory]
    [InlineData("a : { b : ${?a} }", """{"a":{}}""")]
    [InlineData("a : [1, ${?a}]", """{"a":[1]}""")]
    public void An_optional_cycle_is_a_missing_value(string text, string json) => Assert.Equal(json, Json(text));

    [Fact]
    public void Two_fields_that_refer_to_each_others_last_value_become_the_same()
    {
        var read = Read("a : 1\nb : 2\na : ${b}\nb : ${a}");
        Assert.Equal(read.GetInt64("a"), read.GetInt64("b"));
    }

    [Fact]
    public void Appending_needs_no_first_value() => Assert.Equal("""{"a":[1]}""", Json("a += 1"));

    [Theory]
    [InlineData("a = [1]\na += { b = 2 }", """{"a":[1,{"b":2}]}""")]
    [InlineData("a = [1]\na += [2]", """{"a":[1,[2]]}""")]
    [InlineData("a = [1]\na += x y", """{"a":[1,"x y"]}""")]
    [InlineData("x { a = [1] }\nx.a += 2\nx { a += 3 }", """{"x":{"a":[1,2,3]}}""")]
    [InlineData("[ { a = [1], a += 2, a += 3 }, { a += 4 } ]", """[{"a":[1,2,3]},{"a":[4]}]""")]
    [InlineData("base { a = [1] }\nmine = ${base}\nmine { a += 2 }", """{"base":{"a":[1]},"mine":{"a":[1,2]}}""")]
    public void Appending_adds_one_element(string text, string json) => Assert.Equal(json, Json(text));

    [Fact]
    public void Appending_many_times_is_quick_and_right()
    {
        var text = string.Join('\n', Enumerable.Range(0, 400).Select(i => $"a += {i}"));
        Assert.Equal(Enumerable.Range(0, 400), Read(text).GetArray("a").Select(item => int.Parse(item.ToJson())));
    }

    [Fact]
    public void Merging_an_object_with_itself_many_times_does_not_multiply_it()
    {
        var text = "a { z = 0 }\n" + string.Join('\n', Enumerable.Range(0, 60).Select(i => $"a = ${{a}} {{ k{i} = {i} }}"));
        Assert.Equal(61, Read(text).GetObject("a").Fields.Count);
    }
}
