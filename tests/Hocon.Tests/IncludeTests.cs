using static VmSupervisor.Hocon.Tests.Reading;

namespace VmSupervisor.Hocon.Tests;

public sealed class IncludeTests
{
    private static HoconOptions Files(params (string Name, string Text)[] files) => new() { Includes = new MemoryIncludes(files) };

    [Theory]
    [InlineData("include \"foo.conf\"")]
    [InlineData("include file(\"foo.conf\")")]
    [InlineData("include required(\"foo.conf\")")]
    [InlineData("include required(file(\"foo.conf\"))")]
    [InlineData("include required( file( \"foo.conf\" ) )")]
    [InlineData("include\n\n  \"foo.conf\"")]
    [InlineData("{ include \"foo.conf\" }")]
    [InlineData("include \"foo.conf\",")]
    public void An_include_stands_for_the_fields_of_the_file(string text) =>
        Assert.Equal("""{"x":10}""", Json(text, Files(("foo.conf", "x = 10"))));

    [Fact]
    public void Included_fields_merge_in_the_place_of_the_statement() =>
        Assert.Equal("""{"a":2,"b":{"c":1,"d":2},"e":4}""", Json(
            "a = 1, b { c = 1 }\ninclude \"foo.conf\"\ne = 4", Files(("foo.conf", "{ a = 2, b { d = 2 }, e = 3 }"))));

    [Fact]
    public void Substitutions_of_an_included_file_are_relative_to_where_it_is_included()
    {
        var files = Files(("foo.conf", "{ x : 10, y : ${x} }"));
        Assert.Equal("""{"a":{"x":10,"y":10}}""", Json("{ a : { include \"foo.conf\" } }", files));
        Assert.Equal("""{"a":{"x":42,"y":42}}""", Json("{ a : { include \"foo.conf\" }\n a : { x : 42 } }", files));
    }

    [Fact]
    public void What_the_included_file_does_not_define_is_looked_up_from_the_root() =>
        Assert.Equal("""{"x":1,"z":2,"a":{"b":{"x":10,"y":10,"w":2}}}""", Json(
            "x = 1, z = 2\na.b { include \"foo.conf\" }", Files(("foo.conf", "x = 10, y = ${x}, w = ${z}"))));

    [Fact]
    public void Nested_includes_look_in_each_including_object_from_the_inside_out() =>
        Assert.Equal("""{"p":{"q":{"one":1,"a":1,"b":2,"c":3},"two":2},"three":3,"two":0}""", Json(
            "p { include \"b.conf\" }\nthree = 3, two = 0",
            Files(("b.conf", "q { include \"c.conf\" }\ntwo = 2"), ("c.conf", "one = 1, a = ${one}, b = ${two}, c = ${three}"))));

    [Fact]
    public void Self_reference_works_across_an_include() =>
        Assert.Equal("""{"a":{"path":"/bin:/usr/bin","list":[1,2]}}""", Json(
            "a { path = /bin, list = [1], include \"foo.conf\" }",
            Files(("foo.conf", "path = ${path}\":/usr/bin\"\nlist += 2"))));

    [Fact]
    public void A_missing_file_is_nothing_unless_it_is_required()
    {
        Assert.Equal("""{"a":1}""", Json("include \"no.conf\"\na = 1", Files()));
        Assert.Equal("a.conf:2:1: found no file \"no.conf\"; it is required", Fault("\ninclude required(\"no.conf\")", Files()));
    }

    [Theory]
    [InlineData("include = 1")]
    [InlineData("include foo.conf")]
    [InlineData("include { a = 1 }")]
    [InlineData("include url(\"http://x/y\")")]
    [InlineData("include classpath(\"x\")")]
    [InlineData("include package(\"x\", \"y\")")]
    [InlineData("include file(\"x\"")]
    [InlineData("include \"a\" \"b\"")]
    [InlineData("include \"\"")]
    [InlineData("include \"http://host/foo.conf\"")]
    [InlineData("include ${x}")]
    public void Other_forms_are_refused(string text) => Assert.Matches("^a\\.conf:1:\\d+: found ", Fault(text, Files()));

    [Fact]
    public void Includes_can_be_forbidden() =>
        Assert.Equal("a.conf:1:5: found an include; this text is read without includes", Fault("b { include \"x.conf\" }"));

    [Fact]
    public void Faults_of_several_files_are_reported_together() =>
        Assert.Equal(
            [
                "one.conf:1:6: found '}' where a value is expected",
                "a.conf:2:1: found an array in two.conf; an included file must hold an object",
            ],
            Faults(() => Json("include \"one.conf\"\ninclude \"two.conf\"", Files(("one.conf", "{ x =}"), ("two.conf", "[1]")))));

    [Fact]
    public void A_circle_of_includes_is_a_fault() =>
        Assert.Equal("c.conf:1:1: found an include of b.conf, which is being included here: a cycle",
            Fault("include \"b.conf\"", Files(("b.conf", "include \"c.conf\""), ("c.conf", "include \"b.conf\""))));

    [Fact]
    public void Substitutions_of_a_file_included_inside_an_array_are_refused()
    {
        Assert.Equal("""[{"x":1}]""", Json("[ { include \"foo.conf\" } ]", Files(("foo.conf", "x = 1"))));
        Assert.StartsWith("foo.conf:1:12: found a substitution in a file that is included inside an array",
            Fault("[ { include \"foo.conf\" } ]", Files(("foo.conf", "x = 1, y = ${x}"))));
    }

    [Fact]
    public void Files_are_found_beside_the_including_file_with_or_without_their_extension()
    {
        var directory = Directory.CreateTempSubdirectory("hocon");
        try
        {
            var file = (string name, string text) =>
            {
                var path = Path.Combine(directory.FullName, name);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, text);
                return path;
            };
            file("net/common.json", """{ "x": 1, "y": 1 }""");
            file("net/common.conf", "y = 2\ninclude \"inner.conf\"");
            file("net/inner.conf", "z = 3");
            var main = HoconText.Read(file("main.conf", "include \"net/common\""));

            var read = HoconDocument.Parse([main], HoconOptions.Local).AsObject();

            Assert.Equal("""{"x":1,"y":2,"z":3}""", read.ToJson());
            Assert.Equal(Path.Combine(directory.FullName, "net/inner.conf:1:5"), read.OriginOf(HoconPath.Parse("z")).ToString());
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_file_that_is_not_utf8_is_refused_where_it_is_not()
    {
        var directory = Directory.CreateTempSubdirectory("hocon");
        try
        {
            var path = Path.Combine(directory.FullName, "a.conf");
            File.WriteAllBytes(path, [.. "a = 1\nb = é"u8, 0xff]);
            Assert.Equal([$"{path}:2:6: found bytes that are not UTF-8; the file must be UTF-8"], Faults(() => HoconText.Read(path)));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
