namespace VmSupervisor.Cli.Output;

/// <summary>Rows under headings, aligned. Columns without any text are left out.</summary>
internal sealed class Table(params string[] headings)
{
    private readonly List<Cell[]> rows = [];

    /// <summary>Headings of columns whose texts end at the right, as numbers do.</summary>
    public IReadOnlySet<string> Right { get; init; } = new HashSet<string>();

    public void Add(params Cell[] row) => rows.Add(row);

    public void Write(Terminal terminal)
    {
        var columns = Enumerable.Range(0, headings.Length)
            .Where(column => rows.Any(row => row[column].Text.Length > 0))
            .Select(column => new Column(column, WidthOf(column), Right.Contains(headings[column])))
            .ToArray();
        foreach (var row in rows.Prepend([.. headings.Select(heading => new Cell(heading, Tone.Faint))]))
            WriteRow(terminal, columns, row);
    }

    private int WidthOf(int column) => rows.Max(row => Math.Max(row[column].Text.Length, headings[column].Length));

    private static void WriteRow(Terminal terminal, Column[] columns, Cell[] row)
    {
        var pending = 0;
        foreach (var (index, width, right) in columns)
        {
            var cell = row[index];
            var missing = width - cell.Text.Length;
            // Blanks only before a text: no line ends in blanks.
            if (cell.Text.Length > 0)
            {
                terminal.Out.Write(new string(' ', pending + (right ? missing : 0)));
                pending = right ? 0 : missing;
                Colors.Write(terminal, cell);
            }
            else
            {
                pending += width;
            }

            pending += 2;
        }

        terminal.Out.WriteLine();
    }

    private readonly record struct Column(int Index, int Width, bool Right);
}
