using Microsoft.Extensions.Configuration;
using VmSupervisor.Hocon;
using VmSupervisor.Hocon.Configuration;

namespace VmSupervisor.Hocon.Configuration.Tests;

public sealed class HoconFileTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("hocon-configuration-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void Nested_keys_are_joined_and_array_items_numbered()
    {
        var configuration = Read("""
            vm { id = 104, memory = 512 MiB }
            vm.disks = [ { path = /a }, { path = "/b:c", readonly = true } ]
            vm.hooks = [ one, two ]
            ratio = 1.50
            """);
        Assert.Equal(
            [
                "ratio=1.50", "vm:disks:0:path=/a", "vm:disks:1:path=/b:c", "vm:disks:1:readonly=true", "vm:hooks:0=one", "vm:hooks:1=two", "vm:id=104",
                "vm:memory=512 MiB",
            ],
            Leaves(configuration));
        Assert.Equal("104", configuration["VM:Id"]);
        Assert.Equal(["one", "two"], configuration.GetSection("vm:hooks").GetChildren().Select(c => c.Value));
    }

    [Fact]
    public void Nothing_is_told_apart_as_json_files_do()
    {
        var configuration = Read("nothing = null, object = {}, array = [], text = \"\"");
        Assert.Equal((null, null, "", ""), (configuration["nothing"], configuration["object"], configuration["array"], configuration["text"]));
        Assert.Equal(["array", "nothing", "object", "text"], configuration.GetChildren().Select(c => c.Key));
    }

    [Fact]
    public void Substitutions_and_includes_are_resolved_beside_the_file()
    {
        Write("base.conf", "run = /run/x");
        Assert.Equal(["run=/run/x", "socket=/run/x/d.sock"], Leaves(Read("include \"base.conf\"\nsocket = ${run}/d.sock")));
    }

    [Fact]
    public void A_later_file_overrides_key_by_key()
    {
        Write("a.conf", "log { level = info, keep = 5 }");
        Write("b.conf", "log.level = debug");
        var configuration = Builder().AddHoconFile("a.conf").AddHoconFile("b.conf").Build();
        Assert.Equal(["log:keep=5", "log:level=debug"], Leaves(configuration));
    }

    [Fact]
    public void An_absolute_path_needs_no_base_path()
    {
        var path = Write("a.conf", "x = 1");
        Assert.Equal("1", new ConfigurationBuilder().AddHoconFile(path).Build()["x"]);
    }

    [Fact]
    public void A_missing_file_is_a_fault_unless_it_is_optional()
    {
        Assert.Throws<FileNotFoundException>(() => Builder().AddHoconFile("none.conf").Build());
        Assert.Empty(Builder().AddHoconFile("none.conf", optional: true).Build().AsEnumerable());
        Assert.Empty(new ConfigurationBuilder().AddHoconFile("/nowhere/none.conf", optional: true).Build().AsEnumerable());
    }

    [Theory]
    [InlineData("a = 1\nb = ${nowhere}", 2, 5)]
    [InlineData("a = [1", 1, 5)]
    [InlineData("[ 1 ]", 1, 1)]
    [InlineData("Name = a\nname = b", 2, 1)]
    [InlineData("a.b = 1\n\"a:b\" = 2", 2, 1)]
    public void A_fault_has_its_file_line_and_column_also_where_the_file_is_optional(string text, int line, int column)
    {
        var path = Write("a.conf", text);
        var thrown = Assert.Throws<InvalidDataException>(() => Builder().AddHoconFile("a.conf", optional: true).Build());
        Assert.Contains(path, thrown.Message);
        var fault = Assert.Single(Assert.IsType<HoconException>(thrown.InnerException).Faults);
        Assert.Equal((path, line, column), (fault.Origin.File, fault.Origin.Line, fault.Origin.Column));
    }

    [Fact]
    public void Bytes_that_are_not_utf_8_are_a_fault_of_the_file()
    {
        File.WriteAllBytes(Path.Combine(directory, "a.conf"), [(byte)'a', (byte)'=', 0xff]);
        var thrown = Assert.Throws<InvalidDataException>(() => Builder().AddHoconFile("a.conf").Build());
        Assert.Contains("not UTF-8", thrown.InnerException!.Message);
    }

    [Fact]
    public void What_a_file_may_do_can_be_restricted()
    {
        Write("base.conf", "x = 1");
        var path = Write("a.conf", "include \"base.conf\"");
        var source = new HoconConfigurationSource { Path = path, Options = HoconOptions.SelfContained };
        source.ResolveFileProvider();
        Assert.Throws<InvalidDataException>(() => new ConfigurationBuilder().Add(source).Build());
    }

    [Fact]
    public void Reloading_reads_what_the_file_says_now()
    {
        var path = Write("a.conf", "x = 1, gone = 1");
        var configuration = new ConfigurationBuilder().AddHoconFile(path).Build();
        File.WriteAllText(path, "x = 2");
        configuration.Reload();
        Assert.Equal(["x=2"], Leaves(configuration));
    }

    private IConfigurationRoot Read(string text)
    {
        Write("main.conf", text);
        return Builder().AddHoconFile("main.conf").Build();
    }

    private IConfigurationBuilder Builder() => new ConfigurationBuilder().SetBasePath(directory);

    private string Write(string name, string text)
    {
        var path = Path.Combine(directory, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static IEnumerable<string> Leaves(IConfiguration configuration) =>
        configuration.AsEnumerable().Where(pair => pair.Value is not null).Select(pair => $"{pair.Key}={pair.Value}").Order(StringComparer.Ordinal);
}
