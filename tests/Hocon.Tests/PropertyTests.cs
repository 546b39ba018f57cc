using FsCheck;
using FsCheck.Fluent;
using static VmSupervisor.Hocon.Tests.Arbitraries;
using static VmSupervisor.Hocon.Tests.Reading;

namespace VmSupervisor.Hocon.Tests;

/// <summary>Properties over generated values and texts. The seed is fixed, so a run is the same run everywhere.</summary>
public sealed class PropertyTests
{
    private static readonly Config Same = Config.QuickThrowOnFailure.WithMaxTest(500).WithReplay(new Replay(new Rnd(20240615, 1), null));

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
