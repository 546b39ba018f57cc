using VmSupervisor.Hocon.Syntax;

namespace VmSupervisor.Hocon.Resolution;

internal sealed partial class Resolver
{
    private Resolved LookUp(SubstitutionNode substitution)
    {
        _cameBack = false;
        var found = LookUpEverywhere(substitution);
        var cycle = _cameBack;
        if (found != Resolved.Undefined || substitution.What.Optional)
            return found;

        var name = HoconPath.Of(substitution.What.Keys);
        return Fault(substitution.Origin, substitution.Field, cycle
            ? $"found ${{{name}}}, which leads back to itself with nothing before it; define it first, or write ${{?{name}}}"
            : $"found ${{{name}}}, which is not defined{Where()}; define it, or write ${{?{name}}} when it may be missing");
    }

    private string Where() => options.Environment is null ? "" : " here nor in the environment";

    private Resolved LookUpEverywhere(SubstitutionNode substitution)
    {
        var keys = substitution.What.Keys;
        foreach (var start in substitution.Bases)
        {
            var relative = Walk(start.Concat(keys));
            if (relative != Resolved.Undefined)
                return relative;
        }

        var found = Walk(keys);
        return found == Resolved.Undefined ? LookUpEnvironment(substitution) : found;
    }

    private Resolved Walk(IEnumerable<string> keys)
    {
        if (_root is null)
            return Resolved.Undefined;
        Resolved at = _root;
        foreach (var key in keys)
        {
            if (at == Resolved.Failed)
                return at;
            if (at is not ResolvedObject within || within.Slot(key) is not { } slot)
                return Resolved.Undefined;
            at = Resolve(slot);
        }

        return at;
    }

    private Resolved LookUpEnvironment(SubstitutionNode substitution)
    {
        if (options.Environment is not { } environment)
            return Resolved.Undefined;
        var name = string.Join('.', substitution.What.Keys);
        if (!substitution.What.List)
        {
            return environment(name) is { } value
                ? new ResolvedScalar(new HoconString(value, substitution.Origin))
                : Resolved.Undefined;
        }

        // ${X[]} collects X_0, X_1, … as far as they are set.
        var elements = new List<Slot>();
        while (environment($"{name}_{elements.Count}") is { } element)
        {
            var node = new ScalarNode(new HoconString(element, substitution.Origin));
            elements.Add(Slot.Of(new FieldNode("", substitution.Origin, node)));
        }

        return elements.Count == 0 ? Resolved.Undefined : new ResolvedArray(substitution.Origin, elements);
    }
}
