using System.Numerics;
using VmSupervisor.Hocon.Syntax;

namespace VmSupervisor.Hocon.Conversion;

/// <summary>A number and the name of a unit: white space, number, white space, letters, white space.</summary>
internal readonly record struct Quantity(ExactNumber Number, string Unit)
{
    /// <summary>Reads a number, or a string with a number and perhaps a unit.</summary>
    public static bool TryParse(HoconValue value, out Quantity quantity)
    {
        quantity = default;
        if (value is not (HoconNumber or HoconString))
            return false;
        var text = Trim(((HoconScalar)value).Text);
        var length = JsonNumber.Match(text);
        if (!ExactNumber.TryParse(text[..length], out var number))
            return false;
        var unit = Trim(text[length..]);
        foreach (var c in unit)
        {
            if (!char.IsLetter(c))
                return false;
        }

        quantity = new Quantity(number, unit.ToString());
        return true;
    }

    /// <summary>How many of the family's smallest unit it is, towards zero; a bare number counts in <paramref name="bare"/>.</summary>
    public bool TryMeasure(UnitTable table, BigInteger bare, out BigInteger amount)
    {
        amount = default;
        var factor = bare;
        if (Unit.Length > 0 && !table.TryGet(Unit, out factor))
            return false;
        amount = Number.Times(factor).Whole;
        return true;
    }

    private static ReadOnlySpan<char> Trim(ReadOnlySpan<char> text)
    {
        while (text.Length > 0 && Characters.IsWhitespace(text[0]))
            text = text[1..];
        while (text.Length > 0 && Characters.IsWhitespace(text[^1]))
            text = text[..^1];
        return text;
    }
}
