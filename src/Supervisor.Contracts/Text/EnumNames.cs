using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace VmSupervisor.Contracts.Text;

/// <summary>The names of an enumeration's members as they travel and as people write them: <c>OnCrash</c> is <c>on-crash</c>.</summary>
/// <typeparam name="T">The enumeration.</typeparam>
public static class EnumNames<T>
    where T : struct, Enum
{
    private static readonly T[] Values = Enum.GetValues<T>();

    /// <summary>All names, in the order of declaration.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Values.Select(value => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString()))];

    /// <summary>A member's name.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a member.</exception>
    public static string Of(T value)
    {
        var index = Array.IndexOf(Values, value);
        return index >= 0 ? All[index] : throw new ArgumentOutOfRangeException(nameof(value), value, $"not a {typeof(T).Name}");
    }

    /// <summary>Finds a member by its exact name.</summary>
    public static bool TryParse([NotNullWhen(true)] string? name, out T value)
    {
        for (var i = 0; i < Values.Length; i++)
        {
            if (All[i] == name)
            {
                value = Values[i];
                return true;
            }
        }

        value = default;
        return false;
    }
}
