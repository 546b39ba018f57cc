using static VmSupervisor.Hocon.Tests.Reading;

namespace VmSupervisor.Hocon.Tests;

public sealed class ConversionTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("500", 500)]
    [InlineData("\" 500 \"", 500)]
    [InlineData("500 ms", 500)]
    [InlineData("0.5s", 500)]
    [InlineData("1500000 us", 1500)]
    [InlineData("1e3 millis", 1000)]
    [InlineData("1000000 nanos", 1)]
    [InlineData("60s", 60_000)]
    [InlineData("2 minutes", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("1.5 days", 129_600_000)]
    [InlineData("-1s", -1000)]
    public void Durations_have_units_and_default_to_milliseconds(string text, double milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Read("a = " + text).GetDuration("a"));

    [Theory]
    [InlineData("ns nano nanos nanosecond nanoseconds", 1)]
    [InlineData("us micro micros microsecond microseconds", 1_000)]
    [InlineData("ms milli millis millisecond milliseconds", 1_000_000)]
    [InlineData("s second seconds", 1_000_000_000)]
    [InlineData("m minute minutes", 60_000_000_000)]
    [InlineData("h hour hours", 3_600_000_000_000)]
    [InlineData("d day days", 86_400_000_000_000)]
    public void Every_name_of_a_duration_is_known(string names, long nanoseconds)
    {
        foreach (var name in names.Split(' '))
            Assert.Equal(TimeSpan.FromTicks(nanoseconds), Read($"a = 100 {name}").GetDuration("a"));
    }

    [Theory]
    [InlineData("5 S")]
    [InlineData("5 weeks")]
    [InlineData("5 s s")]
    [InlineData("s")]
    [InlineData("007 s")]
    [InlineData("true")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("1e9 days")]
    [InlineData("1e300")]
    [InlineData("1e99999999999")]
    [InlineData("50 ns")]
    public void What_is_no_duration_is_refused(string text) =>
        Assert.Matches("^a\\.conf:1:5: a: found .*; allowed is ", Assert.Single(Faults(() => Read("a = " + text).GetDuration("a"))));

    [Theory]
    [InlineData("512 MiB", 536_870_912)]
    [InlineData("512", 512)]
    [InlineData("\"1 k\"", 1024)]
    [InlineData("1.5 GiB", 1_610_612_736)]
    [InlineData("0.1 GB", 100_000_000)]
    [InlineData("1.1 KiB", 1126)]
    [InlineData("7 exbibytes", 8_070_450_532_247_928_832)]
    public void Sizes_are_exact(string text, long bytes) => Assert.Equal(bytes, Read("a = " + text).GetSize("a"));

    [Theory]
    [InlineData(1000, "kB MB GB TB PB EB", "kilo mega giga tera peta exa")]
    [InlineData(1024, "K M G T P E", "kibi mebi gibi tebi pebi exbi")]
    [InlineData(1024, "k m g t p e", "kibi mebi gibi tebi pebi exbi")]
    [InlineData(1024, "Ki Mi Gi Ti Pi Ei", "kibi mebi gibi tebi pebi exbi")]
    [InlineData(1024, "KiB MiB GiB TiB PiB EiB", "kibi mebi gibi tebi pebi exbi")]
    public void Every_name_of_a_size_is_known(long thousand, string symbols, string prefixes)
    {
        var bytes = 1L;
        foreach (var (symbol, prefix) in symbols.Split(' ').Zip(prefixes.Split(' ')))
        {
            bytes *= thousand;
            foreach (var unit in new[] { symbol, prefix + "byte", prefix + "bytes" })
                Assert.Equal(3 * bytes, Read($"a = 3 {unit}").GetSize("a", max: long.MaxValue));
            if (bytes > long.MaxValue / 3 / thousand)
                break;
        }
    }

    [Theory]
    [InlineData("5 KB")]
    [InlineData("5 mb")]
    [InlineData("5 bit")]
    [InlineData("-1 B")]
    [InlineData("1 ZiB")]
    [InlineData("1 YB")]
    [InlineData("8 EiB")]
    [InlineData("512 MiB x")]
    public void What_is_no_size_is_refused(string text) =>
        Assert.Matches("^a\\.conf:1:5: a: found string .*; allowed is ", Assert.Single(Faults(() => Read("a = " + text).GetSize("a"))));

    [Theory]
    [InlineData("3", 0, 0, 3)]
    [InlineData("3 days", 0, 0, 3)]
    [InlineData("2w", 0, 0, 14)]
    [InlineData("4 m", 0, 4, 0)]
    [InlineData("4 mo", 0, 4, 0)]
    [InlineData("5 years", 5, 0, 0)]
    public void Periods_count_days_months_and_years(string text, int years, int months, int days) =>
        Assert.Equal(new HoconPeriod(years, months, days), Read("a = " + text).GetPeriod("a"));

    [Theory]
    [InlineData("1.5 years")]
    [InlineData("1 h")]
    [InlineData("9999999999 d")]
    public void What_is_no_period_is_refused(string text) => Assert.Throws<HoconException>(() => Read("a = " + text).GetPeriod("a"));

    [Theory]
    [InlineData("42", 42)]
    [InlineData("\"42\"", 42)]
    [InlineData("1e3", 1000)]
    [InlineData("10.0", 10)]
    [InlineData("-9223372036854775808", long.MinValue)]
    public void Whole_numbers_may_be_written_in_any_way(string text, long value) => Assert.Equal(value, Read("a = " + text).GetInt64("a"));

    [Theory]
    [InlineData("1.5", "number 1.5")]
    [InlineData("9223372036854775808", "number 9223372036854775808")]
    [InlineData("007", "string \"007\"")]
    [InlineData("two", "string \"two\"")]
    [InlineData("true", "boolean true")]
    [InlineData("null", "null")]
    [InlineData("{}", "an object")]
    [InlineData("1e2147483648", "number 1e2147483648")]
    public void What_is_no_whole_number_is_refused(string text, string found) =>
        Assert.Equal([$"a.conf:1:5: a: found {found}; allowed is a whole number"], Faults(() => Read("a = " + text).GetInt64("a")));

    [Fact]
    public void Bounds_are_named()
    {
        Assert.Equal(["a.conf:1:7: v.n: found number 0; allowed is a whole number from 1 to 9"],
            Faults(() => Read("v.n = 0").GetInt64("v.n", 1, 9)));
        Assert.Equal(["a.conf:1:5: a: found number 1e400; allowed is a number"], Faults(() => Read("a = 1e400").GetDouble("a")));
        Assert.Equal(1.5, Read("a = \"1.5\"").GetDouble("a"));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("yes", true)]
    [InlineData("\"on\"", true)]
    [InlineData("false", false)]
    [InlineData("no", false)]
    [InlineData("off", false)]
    public void Six_words_are_booleans(string text, bool value) => Assert.Equal(value, Read("a = " + text).GetBoolean("a"));

    [Fact]
    public void Other_words_and_numbers_are_no_booleans()
    {
        Assert.Throws<HoconException>(() => Read("a = True").GetBoolean("a"));
        Assert.Equal(["a.conf:1:5: a: found number 1; allowed is true, false, yes, no, on or off"],
            Faults(() => Read("a = 1").GetBoolean("a")));
    }

    [Fact]
    public void Numbers_and_booleans_become_strings_but_nothing_else_does()
    {
        Assert.Equal("1.50", Read("a = 1.50").GetString("a"));
        Assert.Equal("true", Read("a = true").GetString("a"));
        foreach (var text in new[] { "null", "[]", "{}" })
            Assert.Throws<HoconException>(() => Read("a = " + text).GetString("a"));
    }

    [Fact]
    public void An_object_with_numbers_as_keys_is_an_array_in_their_order()
    {
        Assert.Equal("""["a","b","c"]""", Read("foo.10 = c, foo.2 = b, foo.0 = a, foo.x = no").GetArray("foo").ToJson());
        Assert.Throws<HoconException>(() => Read("foo {}").GetArray("foo"));
        Assert.Throws<HoconException>(() => Read("foo { x = 1 }").GetArray("foo"));
    }

    [Fact]
    public void A_missing_setting_is_reported_at_what_should_hold_it() =>
        Assert.Equal(["a.conf:2:4: vm.id: found nothing; this setting is required"], Faults(() => Read("\nvm { x = 1 }").GetInt64("vm.id")));
}
