using VmSupervisor.Contracts;
using VmSupervisor.Model.Engine;

namespace VmSupervisor.Model.Encoding;

/// <summary>
/// Writes values so that worlds from which the same can happen have the same code.
/// </summary>
/// <remarks>
/// Two things are renamed by first occurrence, since the domain only ever compares them for equality:
/// <list type="bullet">
/// <item>operation ids: who asked first is called 0. Clients are interchangeable, so this is the symmetry that is sound.</item>
/// <item>deadlines: no two that were decided at different times are equal (see <c>World.Now</c>), and the domain
/// only asks whether the deadline that passed is the one it waits for.</item>
/// </list>
/// </remarks>
internal sealed class Canon
{
    private readonly List<OperationId> _operations = [];
    private readonly List<DateTimeOffset> _deadlines = [];

    public ByteSink Sink { get; private set; } = new();

    public IReadOnlyList<OperationId> Operations => _operations;

    public IReadOnlyList<DateTimeOffset> Deadlines => _deadlines;

    /// <summary>Begins a code that goes on from the names which another one gave.</summary>
    public void Begin(ByteSink sink, IEnumerable<OperationId> operations, IEnumerable<DateTimeOffset> deadlines)
    {
        Sink = sink;
        _operations.Clear();
        _operations.AddRange(operations);
        _deadlines.Clear();
        _deadlines.AddRange(deadlines);
    }

    public void Operation(OperationId id) => Sink.Number(NameOf(_operations, id));

    public void Deadline(DateTimeOffset deadline) => Sink.Number(NameOf(_deadlines, deadline));

    public void Text(string text) => Sink.Number(Hash(text));

    /// <summary>FNV-1a: the same in every run.</summary>
    public static long Hash(string text)
    {
        var hash = 2166136261u;
        foreach (var c in text)
            hash = (hash ^ c) * 16777619;
        return hash;
    }

    /// <summary>Anything of the domain, by <see cref="Shapes"/>.</summary>
    public void Value(object? value) => Shapes.Write(this, value);

    private static int NameOf<T>(List<T> names, T value)
    {
        var name = names.IndexOf(value);
        if (name >= 0)
            return name;
        names.Add(value);
        return names.Count - 1;
    }
}
