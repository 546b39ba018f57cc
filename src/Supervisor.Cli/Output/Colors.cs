namespace VmSupervisor.Cli.Output;

/// <summary>Coloured words, in the escapes every terminal knows; plain ones where colours are not wanted.</summary>
internal static class Colors
{
    public static void Write(Terminal terminal, Cell cell) => terminal.Out.Write(
        terminal.OutTakesColor && cell.Tone != Tone.Plain ? $"\e[{CodeOf(cell.Tone)}m{cell.Text}\e[0m" : cell.Text);

    private static int CodeOf(Tone tone) => tone switch
    {
        Tone.Good => 32,
        Tone.Busy => 33,
        Tone.Bad => 31,
        Tone.Faint => 2,
        _ => 0,
    };
}
