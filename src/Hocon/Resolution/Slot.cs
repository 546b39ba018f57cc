using VmSupervisor.Hocon.Syntax;

namespace VmSupervisor.Hocon.Resolution;

/// <summary>A place for a value: all assignments to one key of one object, oldest first, or one element of an array.</summary>
internal sealed class Slot
{
    private Resolved?[] _known = [];

    public List<FieldNode> Layers { get; } = [];

    public static Slot Of(FieldNode only) => new() { Layers = { only } };

    /// <summary>The result of the layers up to one, if it is known.</summary>
    public Resolved? Known(int top) => top < _known.Length ? _known[top] : null;

    public void Remember(int top, Resolved result)
    {
        if (_known.Length < Layers.Count)
            Array.Resize(ref _known, Layers.Count);
        _known[top] = result;
    }
}
