using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace VmSupervisor.Contracts.Text;

internal static class NumberWithUnit
{
    /// <summary>Splits "512 MiB" and "1.5h"; false when it does not begin with a number. The unit may be empty.</summary>
    public static bool TrySplit([NotNullWhen(true)] string? text, out decimal number, out string unit)
    {
        number = 0;
        unit = "";
        if (text is null)
            return false;
        var trimmed = text.AsSpan().Trim();
        var end = trimmed.IndexOfAnyExcept("0123456789.");
        var digits = end < 0 ? trimmed : trimmed[..end];
        if (!decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number))
            return false;
        unit = end < 0 ? "" : trimmed[end..].TrimStart().ToString();
        return true;
    }
}
