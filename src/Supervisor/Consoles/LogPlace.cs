using System.Globalization;

namespace VmSupervisor.Consoles;

/// <summary>A place in what a guest has written: which file, and where in it. It outlives the supervisor.</summary>
/// <param name="File">The file's number (<see cref="Linux.FileNumber"/>).</param>
/// <param name="Offset">In bytes.</param>
internal readonly record struct LogPlace(ulong File, long Offset)
{
    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string? text, out LogPlace place)
    {
        place = default;
        if (text?.Split(':') is not [var file, var offset]
            || !ulong.TryParse(file, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || !long.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out var at))
            return false;
        place = new(number, at);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}:{Offset}");
}
