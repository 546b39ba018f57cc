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
        var columns = Enumerable.Range(0, headings.Length).Where(column => rows.Any(row => row[column].Text.Length > 0)).ToArray();
        if (terminal.OutTakesColor)
            ColorTable.Write(terminal.Out, columns.Select(c => (headings[c], Right.Contains(headings[c]))), rows.Select(row => columns.Select(c => row[c])));
        else
            WritePlain(terminal.Out, columns);
    }

    private void WritePlain(TextWriter writer, int[] columns)
    {
        var widths = columns.Select(column => rows.Max(row => row[column].Text.Length)).ToArray();
        for (var i = 0; i < columns.Length; i++)
            widths[i] = Math.Max(widths[i], headings[columns[i]].Length);
        foreach (var texts in rows.Select(row => columns.Select(column => row[column].Text)).Prepend(columns.Select(column => headings[column])))
        {
            var line = texts.Select((text, i) => Right.Contains(headings[columns[i]]) ? text.PadLeft(widths[i]) : text.PadRight(widths[i]));
            writer.WriteLine(string.Join("  ", line).TrimEnd());
        }
    }
}
