using VmSupervisor.Hocon.Syntax;

namespace VmSupervisor.Hocon.Resolution;

internal sealed partial class Resolver
{
    private HoconValue? Build(Slot slot, int depth) => Build(Resolve(slot), slot.Layers[^1].Value, depth);

    /// <summary>The value, or null when there is none (undefined, or a fault was recorded).</summary>
    private HoconValue? Build(Resolved resolved, Node? written, int depth)
    {
        if (resolved is ResolvedScalar scalar)
            return scalar.Value;
        if (resolved is not ResolvedContainer container)
            return null;
        if (container.Built is not null)
            return container.Built;
        if (container.IsBeingBuilt)
            return Cycle(written);

        // Nothing is deeper than it was written but by substitution, and that can nest without any bound.
        var origin = written?.Origin ?? container.Origin;
        if (depth > options.MaxDepth + 1)
            return TooDeep(origin);

        container.IsBeingBuilt = true;
        HoconValue value = container switch
        {
            ResolvedArray array => new HoconArray(
                array.Elements.Select(element => Build(element, depth + 1)).OfType<HoconValue>(), array.Origin),
            ResolvedObject fields => new HoconObject(
                fields.Keys.Select(key => Field(key, fields.Slot(key)!, depth + 1)).OfType<HoconField>(), fields.Origin)
            {
                HidesEarlier = fields.HidesEarlier,
            },
            _ => throw new InvalidOperationException($"unknown container {container.GetType()}"),
        };
        container.IsBeingBuilt = false;

        if (value.Depth > options.MaxDepth + 2)
            return TooDeep(origin);
        if (value.Size > options.MaxSize)
        {
            TooLarge(origin, HoconPath.Root);
            return null;
        }

        container.Built = value;
        return value;
    }

    private HoconField? Field(string key, Slot slot, int depth) =>
        Build(slot, depth) is { } value ? new HoconField(key, slot.Layers[^1].KeyOrigin, value) : null;

    private HoconValue? Cycle(Node? written)
    {
        // Coming back while resolving would have been undefined for an optional substitution; so it is here.
        if (written is SubstitutionNode { What.Optional: true })
            return null;
        var field = written switch
        {
            SubstitutionNode substitution => substitution.Field,
            ConcatenationNode concatenation => concatenation.Field,
            _ => HoconPath.Root,
        };
        Fault(written?.Origin ?? default, field, "found a substitution of the object or array that it stands in: a cycle");
        return null;
    }

    private HoconValue? TooDeep(HoconOrigin origin)
    {
        Fault(origin, HoconPath.Root, $"found values nested more than {options.MaxDepth} deep");
        return null;
    }
}
