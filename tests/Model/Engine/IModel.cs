namespace VmSupervisor.Model.Engine;

/// <summary>What is explored: where it begins, what can happen next, and what must not.</summary>
/// <typeparam name="TWorld">A state of everything; immutable.</typeparam>
internal interface IModel<TWorld>
    where TWorld : class
{
    IEnumerable<TWorld> Initial { get; }

    /// <summary>All that can happen next. Same world, same list: traces are replayed by position.</summary>
    void Expand(TWorld world, Successors<TWorld> next);

    /// <summary>The canonical code: equal for worlds from which the same can happen.</summary>
    void Encode(TWorld world, ByteSink code);

    /// <summary>What is wrong in this world; null when nothing is.</summary>
    Violation? Judge(TWorld world);

    /// <summary>
    /// Whether faults and commands are over in this world. From there on everything must come to an end: what goes
    /// round in a circle, or ends where <see cref="JudgeEnd"/> finds fault, is a violation.
    /// </summary>
    bool IsClosed(TWorld world);

    /// <summary>What is wrong when nothing more happens in a closed world.</summary>
    Violation? JudgeEnd(TWorld world);

    /// <summary>A line for a person on where the world is.</summary>
    string Describe(TWorld world);
}

/// <summary>A broken law.</summary>
/// <param name="Law">Its name, such as <c>4 not clean while alive</c>.</param>
/// <param name="Text">What was seen.</param>
internal sealed record Violation(string Law, string Text)
{
    public override string ToString() => $"{Law}: {Text}";
}

/// <summary>What can happen next, collected while a world is expanded.</summary>
internal sealed class Successors<TWorld>
{
    public List<(Happening Happening, TWorld World)> Items { get; } = [];

    public void Add(Happening happening, TWorld world) => Items.Add((happening, world));
}

/// <summary>What happened between two worlds; its text is made only when somebody reads it.</summary>
internal readonly record struct Happening(string Format, object? A = null, object? B = null)
{
    public override string ToString() => string.Format(System.Globalization.CultureInfo.InvariantCulture, Format, A, B);
}
