using VmSupervisor.Hocon.Resolution;
using VmSupervisor.Hocon.Syntax;

namespace VmSupervisor.Hocon;

/// <summary>A configuration that was read and whose substitutions are resolved.</summary>
public sealed class HoconDocument
{
    private HoconDocument(HoconValue root) => Root = root;

    /// <summary>The tree: an object, or an array where the text begins with <c>[</c>.</summary>
    public HoconValue Root { get; }

    /// <summary>Reads one text.</summary>
    /// <param name="text">HOCON or JSON.</param>
    /// <param name="fileName">Its name in faults, and where relative includes start.</param>
    /// <param name="options">What the text may do; <see cref="HoconOptions.SelfContained"/> unless told.</param>
    /// <exception cref="HoconException">
    /// It is not valid. A fault of syntax ends the reading of its file; all others are reported together.
    /// </exception>
    public static HoconDocument Parse(string text, string fileName, HoconOptions? options = null) =>
        Parse([new HoconText(text, fileName)], options);

    /// <summary>
    /// Reads several layers as one configuration: a later one overrides and merges with the earlier ones as if it
    /// stood below them in one file, and substitutions see the whole. So defaults come first and a command line last.
    /// </summary>
    /// <exception cref="HoconException">One of them is not valid; faults of all are reported together.</exception>
    public static HoconDocument Parse(IReadOnlyList<HoconSource> sources, HoconOptions? options = null)
    {
        var reading = new Reading(options ?? HoconOptions.SelfContained);
        var roots = sources.Select(reading.Read).OfType<Node>().ToList();
        foreach (var array in roots.OfType<ArrayNode>().Where(_ => sources.Count > 1))
            reading.Fault(array.Origin, "found an array as the root; layers merge, so each must be an object");
        reading.ThrowIfFaulty();

        var resolver = new Resolver(reading.Options, reading.Faults);
        var root = resolver.Resolve(roots);
        reading.ThrowIfFaulty();
        return new HoconDocument(root);
    }

    /// <summary>The root as an object.</summary>
    /// <exception cref="HoconException">The text is an array.</exception>
    public HoconObject AsObject() =>
        Root as HoconObject ?? throw new HoconException(Root.Origin, "found an array as the root; an object is needed here");

    /// <summary>Where the value at a path such as <c>vm.disks[0].path</c> was written, or else its nearest ancestor.</summary>
    public HoconOrigin OriginOf(string path) =>
        Root is HoconObject root ? root.OriginOf(HoconPath.Parse(path)) : Root.Origin;
}
