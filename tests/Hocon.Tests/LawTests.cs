using System.Text;
using FsCheck;
using FsCheck.Fluent;
using static VmSupervisor.Hocon.Tests.Arbitraries;
using static VmSupervisor.Hocon.Tests.Reading;

namespace VmSupervisor.Hocon.Tests;

/// <summary>What holds of substitutions, concatenations and settings, whatever the values are. The seed is fixed.</summary>
public sealed class LawTests
{
    private static readonly Config Same = Config.QuickThrowOnFailure.WithMaxTest(200).WithReplay(new Replay(new Rnd(20240616, 1), null));

    [Fact]
    public void A_substitution_alone_is_what_it_points_to() => Check.One(Same, Prop.ForAll(
        Values(2).ToArbitrary(),
        value => Read(With(("a", value)) + "b = ${a}\nc { d = ${b} }\n") is var read
            && Is(read, "b", value) && Is(read, "c.d", value)));

    [Fact]
    public void An_optional_one_that_points_nowhere_leaves_everything_as_it_was() => Check.One(Same, Prop.ForAll(
        Values(2).ToArbitrary(),
        value => Read(With(("a", value)) + "b = ${?nowhere}\na = ${?nowhere}\n").Equals(Read(With(("a", value))))));

    [Fact]
    public void Arrays_side_by_side_are_one_after_the_other() => Check.One(Same, Prop.ForAll(
        Arrays(1).ToArbitrary(),
        Arrays(1).ToArbitrary(),
        (first, second) => Read(With(("a", first), ("b", second)) + "c = ${a} ${b}\n").GetArray("c").Equals(new HoconArray([.. first, .. second], Origin))));

    [Fact]
    public void What_is_appended_is_the_last_element() => Check.One(Same, Prop.ForAll(
        Arrays(1).ToArbitrary(),
        Values(1).ToArbitrary(),
        (array, value) => Read(With(("a", array), ("b", value)) + "a += ${b}\n").GetArray("a").Equals(new HoconArray([.. array, value], Origin))));

    [Fact]
    public void Objects_side_by_side_are_merged_and_the_later_one_wins() => Check.One(Same, Prop.ForAll(
        Objects(1).ToArbitrary(),
        Objects(1).ToArbitrary(),
        (first, second) => Read(With(("a", first), ("b", second)) + "c = ${a} ${b}\n").GetObject("c").Equals(second.WithFallback(first))));

    [Fact]
    public void Strings_side_by_side_are_one_string() => Check.One(Same, Prop.ForAll(
        Strings.ToArbitrary(),
        Strings.ToArbitrary(),
        (first, second) => Read(With(("a", new HoconString(first, Origin)), ("b", new HoconString(second, Origin))) + "c = ${a}${b}\n").GetString("c") == first + second));

    [Fact]
    public void A_damaged_document_is_read_or_refused_with_a_place_in_it()
    {
        var file = Path.GetTempFileName();
        try
        {
            Check.One(Same.WithMaxTest(300), Prop.ForAll(DamagedDocuments.ToArbitrary(), bytes =>
            {
                File.WriteAllBytes(file, bytes);
                var lines = Encoding.UTF8.GetString(bytes).Split('\n');
                try
                {
                    _ = HoconDocument.Parse([HoconText.Read(file)]);
                    return true;
                }
                catch (HoconException refused)
                {
                    return refused.Faults.All(fault => fault.Origin.File == file && fault.Origin.Line >= 1 && fault.Origin.Line <= lines.Length
                        && fault.Origin.Column >= 1 && fault.Origin.Column <= lines[fault.Origin.Line - 1].Length + 1);
                }
            }));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void What_is_set_is_what_the_same_text_in_a_file_is() => Check.One(Same.WithMaxTest(300), Prop.ForAll(
        SettingTexts.Where(text => text.Length == 0 || text[0] is not ('[' or '{' or '"')).ToArbitrary(),
        text => Answers(new HoconSetting("a=" + text)).SequenceEqual(Answers(new HoconText($"a = {HoconRenderer.Quote(text)}", "file")))));

    [Fact]
    public void What_is_set_as_hocon_is_hocon() => Check.One(Same, Prop.ForAll(
        Values(1).Where(value => value is not HoconScalar or HoconString).ToArbitrary(),
        value => Is(HoconDocument.Parse([new HoconSetting("a.\"b c\"=" + value.ToJson())]).AsObject(), "a.\"b c\"", value)));

    [Fact]
    public void Any_value_is_what_is_asked_for_or_a_fault() => Check.One(Same.WithMaxTest(300), Prop.ForAll(
        Values(1).ToArbitrary(),
        value => Answers(new HoconText(With(("a", value)), "file")).Count == 6));

    private static bool Is(HoconObject read, string path, HoconValue value) => value.Equals(read.Find(HoconPath.Parse(path)));

    private static string With(params (string Key, HoconValue Value)[] fields) =>
        HoconRenderer.Render(new HoconObject(fields.Select(field => new HoconField(field.Key, Origin, field.Value)), Origin));

    /// <summary>The setting <c>a</c> read as each type: the value, or what is said against it.</summary>
    private static List<string> Answers(HoconSource source)
    {
        var root = HoconDocument.Parse([source]).AsObject();
        return
        [
            Answer(reader => reader.String("a")),
            Answer(reader => reader.Int64("a", 0, 1000)),
            Answer(reader => reader.Boolean("a")),
            Answer(reader => reader.Duration("a")),
            Answer(reader => reader.Size("a")),
            Answer(reader => reader.Choice("a", "yes", "no")),
        ];

        string Answer(Func<HoconReader, object?> read)
        {
            var faults = new List<HoconFault>();
            var value = read(new HoconReader(root, faults));
            return value is null ? Assert.Single(faults).Message : $"{value}";
        }
    }
}
