using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Qemu.CommandLine;

/// <summary>In which order the firmware tries devices.</summary>
internal static class BootOrder
{
    /// <summary>A device's number in it, from 1; null for one that is not tried.</summary>
    /// <param name="definition">The VM.</param>
    /// <param name="name">The device: <c>disk0</c>, <c>net0</c>, …</param>
    /// <param name="unlessTold">Its number when the definition gives no order.</param>
    public static int? Of(VmDefinition definition, string name, int? unlessTold)
    {
        if (definition.Boot.Count == 0)
            return unlessTold;
        var place = definition.Boot.ToList().IndexOf(name);
        return place < 0 ? null : place + 1;
    }
}
