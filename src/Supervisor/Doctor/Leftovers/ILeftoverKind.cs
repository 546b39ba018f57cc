using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Domain;

namespace VmSupervisor.Doctor.Leftovers;

/// <summary>A kind of thing that may be left.</summary>
internal interface ILeftoverKind
{
    /// <summary>Those that are nobody's now; none while the node starts or stops.</summary>
    IReadOnlyList<Leftover> Find();
}

/// <summary>Something that no VM accounts for.</summary>
/// <param name="View">What people see of it.</param>
/// <param name="Life">Whose life it was of; 0 when that is not known.</param>
/// <param name="RemoveAsync">Removes it, and says what was done; null for what is left alone.</param>
internal sealed record Leftover(LeftoverView View, Incarnation Life, Func<CancellationToken, Task<string>>? RemoveAsync)
{
    public static Leftover Removable(
        string id, string kind, VmId vm, Incarnation life, string found, string action, Func<CancellationToken, Task<string>> remove) =>
        new(new(id, kind, vm, found, action, null), life, remove);

    public static Leftover LeftAlone(string id, string kind, VmId vm, Incarnation life, string found, string why) =>
        new(new(id, kind, vm, found, null, why), life, null);
}
