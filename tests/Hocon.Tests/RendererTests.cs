using static VmSupervisor.Hocon.Tests.Reading;

namespace VmSupervisor.Hocon.Tests;

public sealed class RendererTests
{
    [Fact]
    public void Rendering_is_what_a_person_would_write() =>
        Assert.Equal(
            """
            vm {
              id = 104
              name = web-1
              memory = "512 MiB"
              disks = [
                {
                  path = /images/web-1.qcow2
                  readonly = false
                }
              ]
              hooks = [a, "b c", 1.50, null]
              "x.y" {}
            }

            """.ReplaceLineEndings("\n"),
            HoconRenderer.Render(Read("vm { id = 104, name = web-1, memory = 512 MiB, disks = [{path = /images/web-1.qcow2, readonly = false}],"
                + " hooks = [a, b c, 1.50, null], \"x.y\" {} }")));

    [Theory]
    [InlineData("")]
    [InlineData("true")]
    [InlineData("null")]
    [InlineData("include")]
    [InlineData("1")]
    [InlineData("-1")]
    [InlineData("a//b")]
    [InlineData("//")]
    [InlineData("#")]
    [InlineData("a b")]
    [InlineData(" a ")]
    [InlineData("a.b")]
    [InlineData(".")]
    [InlineData("${x}")]
    [InlineData("\"\"\"")]
    [InlineData("\\")]
    [InlineData("line\r\nline\u0000\u0085\u2028\ufeff")]
    [InlineData("é😀")]
    public void Awkward_strings_and_keys_read_back(string text)
    {
        var origin = new HoconOrigin("test", 1, 1);
        var value = new HoconObject([new HoconField(text, origin, new HoconArray([new HoconString(text, origin)], origin))], origin);
        Assert.Equal(value, Read(HoconRenderer.Render(value)));
        Assert.Equal(value, Read(HoconRenderer.ToJson(value)));
        Assert.Equal(value, Read(HoconRenderer.ToJson(value, indented: true)));
        Assert.Equal(text, Assert.Single(HoconPath.Parse(HoconPath.Root.Then(text).ToString()).Elements).Key);
    }

    [Fact]
    public void Json_in_utf8_is_the_same_as_json_in_a_string()
    {
        var value = Read("a = é, b = [1e5, 2.50]");
        Assert.Equal("""{"a":"é","b":[1e5,2.50]}""", HoconRenderer.ToJson(value));
        Assert.Equal(HoconRenderer.ToJson(value), System.Text.Encoding.UTF8.GetString(HoconRenderer.ToUtf8Json(value)));
    }
}
