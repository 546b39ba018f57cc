using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Cli.Commands;

/// <summary>The VMs' names beside their numbers, which are all that events carry.</summary>
internal sealed class VmNames
{
    private readonly Dictionary<VmId, string> names;

    private VmNames(IEnumerable<VmView> views) => names = views.ToDictionary(view => view.Id, view => view.Name);

    public static async Task<VmNames> ReadAsync(Session session, CancellationToken cancellationToken) =>
        new(await session.Client.ListAsync(cancellationToken).ConfigureAwait(false));

    /// <summary><c>104 (web-1)</c>, by the name that the VM had then; the number alone where no name is known.</summary>
    public string Subject(VmEvent change)
    {
        // Also what was defined since the list was read, and what is undefined today.
        if (change.Entry is { Type: "defined" } entry && entry.Data.TryGetValue("name", out var given))
            names[change.Vm] = given;
        return names.TryGetValue(change.Vm, out var name) ? $"{change.Vm} ({name})" : $"{change.Vm}";
    }
}
