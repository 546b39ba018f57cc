using System.Globalization;
using System.Numerics;

namespace VmSupervisor.Hocon.Conversion;

/// <summary>
/// The specification's automatic conversions: numbers and booleans to strings, strings to numbers by JSON's rules,
/// six words to booleans, numbered objects to arrays. Null becomes nothing else.
/// </summary>
internal static class Converters
{
    // TimeSpan counts in 100 ns.
    private const int NanosecondsPerTick = 100;

    private static readonly BigInteger Millisecond = 1_000_000;

    public static bool String(HoconValue value, out string result, out string allowed)
    {
        allowed = "a string";
        result = value is HoconScalar and not HoconNull ? ((HoconScalar)value).Text : "";
        return value is HoconScalar and not HoconNull;
    }

    public static bool Boolean(HoconValue value, out bool result, out string allowed)
    {
        allowed = "true, false, yes, no, on or off";
        var text = value is HoconBoolean or HoconString ? ((HoconScalar)value).Text : "";
        result = text is "true" or "yes" or "on";
        return result || text is "false" or "no" or "off";
    }

    public static Converter<long> Whole(long min, long max) => (HoconValue value, out long result, out string allowed) =>
    {
        allowed = (min, max) switch
        {
            (long.MinValue, long.MaxValue) => "a whole number",
            (_, long.MaxValue) => $"a whole number of at least {min}",
            (long.MinValue, _) => $"a whole number of at most {max}",
            _ => $"a whole number from {min} to {max}",
        };
        result = 0;
        if (!Number(value, out var number) || number.Times(1) is not (var whole, true) || whole < min || whole > max)
            return false;
        result = (long)whole;
        return true;
    };

    public static bool Double(HoconValue value, out double result, out string allowed)
    {
        allowed = "a number";
        result = 0;
        return Number(value, out _)
            && double.TryParse(((HoconScalar)value).Text, NumberStyles.Float, CultureInfo.InvariantCulture, out result)
            && double.IsFinite(result);
    }

    public static bool Duration(HoconValue value, out TimeSpan result, out string allowed)
    {
        allowed = $"a number of milliseconds, or one with a unit: {UnitTable.Durations.Examples}";
        result = default;
        if (!Quantity.TryParse(value, out var quantity)
            || !quantity.TryMeasure(UnitTable.Durations, Millisecond, out var nanoseconds))
            return false;
        var ticks = nanoseconds / NanosecondsPerTick;
        if (ticks < TimeSpan.MinValue.Ticks || ticks > TimeSpan.MaxValue.Ticks)
            allowed = $"at most {(long)TimeSpan.MaxValue.TotalDays} days";
        else if (ticks.IsZero && !quantity.Number.Mantissa.IsZero)
            allowed = $"0, or at least {NanosecondsPerTick} ns";
        else
            result = new TimeSpan((long)ticks);
        return result != default || quantity.Number.Mantissa.IsZero;
    }

    public static Converter<long> Size(long min, long max) => (HoconValue value, out long result, out string allowed) =>
    {
        allowed = $"a number of bytes, or one with a unit: {UnitTable.Sizes.Examples}";
        result = 0;
        if (!Quantity.TryParse(value, out var quantity) || !quantity.TryMeasure(UnitTable.Sizes, 1, out var bytes))
            return false;
        if (bytes < min || bytes > max)
        {
            allowed = max == long.MaxValue ? $"at least {min} bytes and less than 8 EiB" : $"from {min} to {max} bytes";
            return false;
        }

        result = (long)bytes;
        return true;
    };

    public static bool Period(HoconValue value, out HoconPeriod result, out string allowed)
    {
        allowed = "a whole number of days, or one with a unit: d w m y, as in 2 weeks";
        result = default;
        if (!Quantity.TryParse(value, out var quantity) || quantity.Number.Times(1) is not (var whole, true)
            || BigInteger.Abs(whole) > int.MaxValue / 7)
            return false;
        var count = (int)whole;
        HoconPeriod? period = quantity.Unit switch
        {
            "" or "d" or "day" or "days" => new HoconPeriod(0, 0, count),
            "w" or "week" or "weeks" => new HoconPeriod(0, 0, 7 * count),
            "m" or "mo" or "month" or "months" => new HoconPeriod(0, count, 0),
            "y" or "year" or "years" => new HoconPeriod(count, 0, 0),
            _ => null,
        };
        result = period.GetValueOrDefault();
        return period is not null;
    }

    public static bool Object(HoconValue value, out HoconObject result, out string allowed)
    {
        allowed = "an object: { … }";
        result = (value as HoconObject)!;
        return value is HoconObject;
    }

    public static bool Array(HoconValue value, out HoconArray result, out string allowed)
    {
        allowed = "an array: [ … ]";
        result = (value as HoconArray ?? Numbered(value as HoconObject))!;
        return result is not null;
    }

    private static HoconArray? Numbered(HoconObject? value)
    {
        var items = value?.Fields.Select(field => (Index: NumericKey.Parse(field.Key), field.Value))
            .Where(item => item.Index is not null).OrderBy(item => item.Index).Select(item => item.Value).ToList();
        return items is { Count: > 0 } ? new HoconArray(items, value!.Origin) : null;
    }

    private static bool Number(HoconValue value, out ExactNumber number)
    {
        number = default;
        return value is HoconNumber or HoconString && ExactNumber.TryParse(((HoconScalar)value).Text, out number);
    }
}
