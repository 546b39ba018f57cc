using FsCheck;
using FsCheck.Fluent;
using VmSupervisor.Arbitraries;
using VmSupervisor.Contracts.Text;

namespace VmSupervisor.Contracts.Tests;

public sealed class TextPropertyTests
{
    private static readonly Gen<string> Quantity =
        from number in Gen.OneOf(
            Gen.Elements("0", "00", ".5", "1.", ".", "9223372036854775807", "9223372036854775808", "922337203685.4775807", "10675199.1167300641435185185", "1e3", "79228162514264337593543950335", "99999999999999999999999999999999"),
            Gen.Choose(0, 5000).Select(whole => $"{whole}"),
            Gen.Choose(0, 5000).Select(whole => $"{whole / 1000}.{whole % 1000:000}"))
        from unit in Gen.Elements("", " ", "B", "bytes", "k", "KiB", " MiB", "M", "GB", "TiB", "T", "us", "ms", " s", "m", "h", "d", "days", "weeks", "X", " s ")
        from sign in Gen.Elements("", "", "", "-", "+", " ")
        select sign + number + unit;

    [Fact]
    public void Every_size_reads_back_as_it_was() => Check.One(Texts.Cases(300), Prop.ForAll(
        Records.Of<TimeSpan>().Select(time => time.Ticks).Or(Gen.Choose(0, 5000).Select(number => (long)number << (number % 50))).ToArbitrary(),
        bytes => ByteSize.TryParse(ByteSize.Format(bytes), out var read) && read == bytes));

    [Fact]
    public void Every_duration_reads_back_as_it_was() => Check.One(Texts.Cases(300), Prop.ForAll(
        Records.Of<TimeSpan>().Or(Gen.Choose(0, 100_000).Select(milliseconds => TimeSpan.FromMilliseconds(milliseconds))).ToArbitrary(),
        duration => Duration.TryParse(Duration.Format(duration), out var read) && read == duration));

    [Fact]
    public void What_is_read_is_what_it_is_written_as_and_nothing_throws() => Check.One(Texts.Cases(1000), Prop.ForAll(
        Gen.OneOf(Quantity, Texts.Any).ToArbitrary(),
        text =>
        {
            if (ByteSize.TryParse(text, out var bytes))
                Assert.True(bytes >= 0 && ByteSize.TryParse(ByteSize.Format(bytes), out var again) && again == bytes);
            if (Duration.TryParse(text, out var duration))
                Assert.True(duration >= TimeSpan.Zero && Duration.TryParse(Duration.Format(duration), out var again) && again == duration);
        }));
}
