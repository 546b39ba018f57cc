using System.Globalization;

namespace VmSupervisor.Hocon;

/// <summary>Keys that are numbers, for objects that stand for arrays: <c>{ "0" : a, "1" : b }</c>.</summary>
internal static class NumericKey
{
    public static int? Parse(string key) =>
        int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;
}
