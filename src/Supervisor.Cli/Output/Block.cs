namespace VmSupervisor.Cli.Output;

/// <summary>Names and values, one a line, values aligned. Values that are empty are left out.</summary>
internal sealed class Block
{
    private readonly List<(string Name, Cell Value)> lines = [];

    public bool IsEmpty => lines.Count == 0;

    public void Add(string name, Cell value)
    {
        if (value.Text.Length > 0)
            lines.Add((name, value));
    }

    public void Write(Terminal terminal)
    {
        var width = lines.Max(line => line.Name.Length);
        foreach (var (name, value) in lines)
        {
            terminal.Out.Write(name.PadRight(width) + "  ");
            Colors.Write(terminal, value);
            terminal.Out.WriteLine();
        }
    }
}
