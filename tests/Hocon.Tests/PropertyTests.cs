using FsCheck;
using FsCheck.Fluent;
using static VmSupervisor.Hocon.Tests.Reading;

namespace VmSupervisor.Hocon.Tests;

/// <summary>Properties over generated values and texts. The seed is fixed, so a run is the same run everywhere.</summary>
public sealed class PropertyTests
{
    private static readonly HoconOrigin Origin = new("generated", 1, 1);

    private static readonly Config Same = Config.QuickThrowOnFailure.WithMaxTest(500).WithReplay(new Replay(new Rnd(20240615, 1), null));

    // Pieces of the language, so that most texts are nearly right.
    private static readonly Gen<string> Texts = Gen.Elements(
            "a", "b", "c.d", "x y", " ", "\n", "\r\n", ",", ",", "=", "=", ":", "+=", "{", "}", "{", "}", "[", "]", "1", "-", "2.50", "1e5",
            "true", "null", "\"q\"", "\"\\u00e9\"", "\"\"\"t\n\"\"\"", "\"", "\\", "${a}", "${?a}", "${c.d}", "${?b.c}", "${", "}", "$", "#z\n",
            "//z\n", "/", "include ", "include \"f\"\n", "512 MiB", "*", "\ufeff", "\u00a0", "a=1\n", "b={a=${?a}}\n", "a=${?a}[1]\n", "c.d=${?b}\n")
        .ListOf().Select(pieces => string.Concat(pieces));

    private static readonly Gen<string> Strings = Gen.OneOf(
        Gen.Elements("", "true", "null", "include", "a.b", "//", "512 MiB", "0", "-1", "\"", "\\", "\r\n", "\u0000", "é", "😀", "${a}", " x "),
        Gen.Choose(0, 0xd7ff).Select(c => (char)c).ListOf().Select(chars => string.Concat(chars)),
        Gen.Choose(32, 126).Select(c => (char)c).ListOf().Select(chars => string.Concat(chars)));

    private static Gen<List<T>> Few<T>(Gen<T> one) =>
        Gen.Choose(0, 4).SelectMany(count => one.ListOf(count)).Select(items => items.ToList());

    private static Gen<HoconValue> Values(int depth)
    {
        var scalars = Gen.OneOf(
            Strings.Select(text => (HoconValue)new HoconString(text, Origin)),
            Gen.Elements("0", "-0", "1.50", "1e5", "-12.5E-3", "9223372036854775808").Select(text => (HoconValue)new HoconNumber(text, Origin)),
            Gen.Elements(true, false).Select(value => (HoconValue)new HoconBoolean(value, Origin)),
            Gen.Constant((HoconValue)new HoconNull(Origin)));
        return depth == 0
            ? scalars
            : Gen.OneOf(
                scalars,
                Few(Values(depth - 1)).Select(items => (HoconValue)new HoconArray(items, Origin)),
                Objects(depth - 1).Select(value => (HoconValue)value));
    }

    private static Gen<HoconObject> Objects(int depth) =>
        from keys in Few(Strings)
        from values in Values(depth).ListOf(keys.Count)
        select new HoconObject(keys.Zip(values, (key, value) => new HoconField(key, Origin, value)), Origin);

    [Fact]
    public void What_is_rendered_reads_back_as_it_was() => Check.One(Same, Prop.ForAll(
        Objects(3).ToArbitrary(),
        value => Read(HoconRenderer.Render(value), HoconOptions.Literal).Equals(value)
            && Read(HoconRenderer.ToJson(value), HoconOptions.Literal).Equals(value)));

    [Fact]
    public void Json_is_json_for_others_too() => Check.One(Same, Prop.ForAll(
        Objects(3).ToArbitrary(),
        value =>
        {
            using var json = System.Text.Json.JsonDocument.Parse(value.ToJson());
            return Read(json.RootElement.GetRawText()).Equals(value);
        }));

    [Fact]
    public void Merging_after_reading_is_merging_while_reading() => Check.One(Same, Prop.ForAll(
        Objects(2).ToArbitrary(),
        Objects(2).ToArbitrary(),
        (above, below) => HoconDocument.Parse(
                [new HoconText(HoconRenderer.Render(below), "below"), new HoconText(HoconRenderer.Render(above), "above")])
            .Root.Equals(above.WithFallback(below))));

    [Fact]
    public void Any_text_is_read_or_refused_with_a_place_in_it() => Check.One(Same.WithMaxTest(3000), Prop.ForAll(
        Texts.ToArbitrary(),
        text =>
        {
            var lines = text.Split('\n');
            try
            {
                var read = HoconDocument.Parse(text, "a.conf", new HoconOptions { Includes = new MemoryIncludes() }).Root;
                return HoconDocument.Parse(HoconRenderer.Render(read), "b.conf").Root.Equals(read);
            }
            catch (HoconException refused)
            {
                return refused.Faults.All(fault => fault.Origin.File == "a.conf" && fault.Origin.Line >= 1 && fault.Origin.Line <= lines.Length
                    && fault.Origin.Column >= 1 && fault.Origin.Column <= lines[fault.Origin.Line - 1].Length + 1);
            }
        }));
}
