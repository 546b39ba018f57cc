namespace VmSupervisor.Cli.Output;

/// <summary>A coloured word, in the escapes every terminal knows.</summary>
internal static class ColorText
{
    public static void Write(TextWriter writer, Cell cell) => writer.Write($"\e[{CodeOf(cell.Tone)}m{cell.Text}\e[0m");

    private static int CodeOf(Tone tone) => tone switch
    {
        Tone.Good => 32,
        Tone.Busy => 33,
        Tone.Bad => 31,
        Tone.Faint => 2,
        _ => 0,
    };
}
