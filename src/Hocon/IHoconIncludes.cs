namespace VmSupervisor.Hocon;

/// <summary>The port through which <c>include</c> reads. A caller that gives none forbids includes.</summary>
public interface IHoconIncludes
{
    /// <summary>
    /// The texts that an include statement names, in the order in which they are merged (a later one wins); none when
    /// nothing of that name exists.
    /// </summary>
    /// <param name="name">The name as it was written.</param>
    /// <param name="includingFile">The file with the statement; a relative name is relative to its directory.</param>
    /// <exception cref="IOException">It exists and cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It exists and may not be read.</exception>
    /// <exception cref="HoconException">It is not valid UTF-8.</exception>
    IReadOnlyList<HoconText> Find(string name, string includingFile);
}
