using System.Globalization;
using System.Numerics;
using VmSupervisor.Hocon.Syntax;

namespace VmSupervisor.Hocon.Conversion;

/// <summary>
/// A number as it was written, without the rounding of floating point: <c>Mantissa · 10^Exponent</c>. So <c>0.1 GB</c>
/// is exactly 100000000 bytes.
/// </summary>
internal readonly record struct ExactNumber(BigInteger Mantissa, int Exponent)
{
    // A double ends at 1e308; what is longer or larger is no setting.
    private const int MaxExponent = 400;
    private const int MaxLength = 400;

    public static bool TryParse(ReadOnlySpan<char> text, out ExactNumber number)
    {
        number = default;
        if (text.Length is 0 or > MaxLength || JsonNumber.Match(text) != text.Length)
            return false;

        var exponentAt = text.IndexOfAny('e', 'E');
        var digits = exponentAt < 0 ? text : text[..exponentAt];
        var exponent = 0;
        if (exponentAt >= 0 && !int.TryParse(text[(exponentAt + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
            return false;

        var point = digits.IndexOf('.');
        var fraction = point < 0 ? 0 : digits.Length - point - 1;
        if (Math.Abs((long)exponent) > MaxExponent)
            return false;
        number = new ExactNumber(
            BigInteger.Parse(digits.ToString().Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture),
            exponent - fraction);
        return true;
    }

    /// <summary>The number times a factor, towards zero, and whether nothing was cut off.</summary>
    public (BigInteger Whole, bool IsExact) Times(BigInteger factor)
    {
        if (Exponent >= 0)
            return (Mantissa * factor * BigInteger.Pow(10, Exponent), true);
        var whole = BigInteger.DivRem(Mantissa * factor, BigInteger.Pow(10, -Exponent), out var rest);
        return (whole, rest.IsZero);
    }
}
