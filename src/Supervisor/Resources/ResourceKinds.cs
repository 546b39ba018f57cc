using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Resources;

/// <summary>The kinds that a node knows, by their names.</summary>
internal sealed class ResourceKinds
{
    private readonly Dictionary<string, IVolumeKind> _volumes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, INetworkKind> _networks = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">A name is taken twice, or an embedder's does not begin with <c>x-</c>.</exception>
    public ResourceKinds(
        IEnumerable<IVolumeKind> ownVolumes, IEnumerable<INetworkKind> ownNetworks, IEnumerable<IVolumeKind> volumes, IEnumerable<INetworkKind> networks)
    {
        Fill(_volumes, ownVolumes, volumes, v => v.Type, DiskType.OwnPrefix);
        Fill(_networks, ownNetworks, networks, n => n.Type, NicType.OwnPrefix);
    }

    public IVolumeKind Volume(string type) => _volumes.GetValueOrDefault(type) ?? throw Unknown("volume", type, _volumes.Keys);

    public INetworkKind Network(string type) => _networks.GetValueOrDefault(type) ?? throw Unknown("network", type, _networks.Keys);

    private static void Fill<T>(Dictionary<string, T> table, IEnumerable<T> own, IEnumerable<T> added, Func<T, string> name, string prefix)
    {
        foreach (var kind in own)
            table.Add(name(kind), kind);
        foreach (var kind in added)
        {
            if (!name(kind).StartsWith(prefix, StringComparison.Ordinal))
                throw new ArgumentException($"{kind!.GetType()}: its type is '{name(kind)}', allowed: {prefix}NAME");
            if (!table.TryAdd(name(kind), kind))
                throw new ArgumentException($"{kind!.GetType()}: the type '{name(kind)}' is taken by {table[name(kind)]!.GetType()}");
        }
    }

    private static ResourceException Unknown(string what, string type, IEnumerable<string> known) =>
        new($"this node knows no {what} of type {type}; it knows {string.Join(", ", known.Order(StringComparer.Ordinal))}");
}
