using Spectre.Console;

namespace VmSupervisor.Cli.Output;

/// <summary>Tables on a terminal that takes colours. Apart, so that a pipe never loads what draws them.</summary>
internal static class ColorTable
{
    public static void Write(TextWriter writer, IEnumerable<(string Heading, bool Right)> columns, IEnumerable<IEnumerable<Cell>> rows)
    {
        var table = new Spectre.Console.Table { Border = TableBorder.None, ShowHeaders = true };
        foreach (var (heading, right) in columns)
        {
            var column = new TableColumn(new Text(heading, Style.Parse("dim"))) { NoWrap = true, Padding = new Padding(0, 0, 2, 0) };
            table.AddColumn(right ? column.RightAligned() : column);
        }

        foreach (var row in rows)
            table.AddRow(row.Select(cell => new Text(cell.Text, StyleOf(cell.Tone))));
        Create(writer).Write(table);
    }

    public static IAnsiConsole Create(TextWriter writer) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(writer),
        Ansi = AnsiSupport.Yes,
        Interactive = InteractionSupport.Yes,
    });

    public static Style StyleOf(Tone tone) => tone switch
    {
        Tone.Good => Style.Parse("green"),
        Tone.Busy => Style.Parse("yellow"),
        Tone.Bad => Style.Parse("red"),
        Tone.Faint => Style.Parse("dim"),
        _ => Style.Plain,
    };
}
