using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using VmSupervisor.Arbitraries;
using VmSupervisor.Cli.Definitions;
using VmSupervisor.Hocon;

namespace VmSupervisor.Supervisor.Cli.Tests;

/// <summary>Whatever is wrong with a definition file is said with the place where it was written.</summary>
public sealed partial class DefinitionFilePropertyTests
{
    [Fact]
    public void Every_wrong_value_is_named_with_its_place_and_key() => Check.One(Texts.Cases(60), Prop.ForAll(
        DamagedDefinitions.Wrong.ToArbitrary(),
        damaged =>
        {
            var text = Spread(damaged.Json);
            var lines = Assert.Throws<DefinitionFileException>(() => Read(text)).Lines;
            Assert.Empty(damaged.Keys.Except(lines.Select(line => KeyIn(text, line))));
        }));

    [Fact]
    public void Any_value_in_any_place_is_taken_or_named_with_a_place_in_the_file() => Check.One(Texts.Cases(150), Prop.ForAll(
        DamagedDefinitions.Any.ToArbitrary(),
        json =>
        {
            var text = Spread(json);
            try
            {
                Read(text);
            }
            catch (DefinitionFileException refused)
            {
                Assert.NotEmpty(refused.Lines);
                Assert.All(refused.Lines, line => KeyIn(text, line));
            }
        }));

    /// <summary>Each field on a line of its own.</summary>
    private static string Spread(string json) => json.Replace(",\"", ",\n\"", StringComparison.Ordinal);

    private static void Read(string text) => DefinitionFile.Read(new HoconText(text, "vm.conf"), "/conf", _ => null);

    private static string KeyIn(string text, string line)
    {
        var place = Place().Match(line);
        Assert.True(place.Success, line);
        var lines = text.Split('\n');
        var (row, column) = (int.Parse(place.Groups[1].ValueSpan), int.Parse(place.Groups[2].ValueSpan));
        Assert.InRange(row, 1, lines.Length);
        Assert.InRange(column, 1, lines[row - 1].Length + 1);
        return line[place.Length..].Split(": found ")[0];
    }

    [GeneratedRegex(@"^vm\.conf:(\d+):(\d+): ")]
    private static partial Regex Place();
}
