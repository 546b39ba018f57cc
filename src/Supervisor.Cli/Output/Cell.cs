namespace VmSupervisor.Cli.Output;

/// <summary>One value in a table or block, and what it means where there are colours.</summary>
internal readonly record struct Cell(string Text, Tone Tone = Tone.Plain)
{
    public static implicit operator Cell(string text) => new(text);
}

/// <summary>What a text means to the person who reads it.</summary>
internal enum Tone
{
    Plain,
    Good,
    Busy,
    Bad,
    Faint,
}
