using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Vms;

/// <summary>The order in which a host's VMs come up; backwards, the one in which they go down.</summary>
internal static class StartupOrder
{
    /// <summary>The definitions that are wanted, those of equal order together, lower ones first.</summary>
    public static IEnumerable<VmDefinition[]> Of(IVmSupervisor supervisor, Func<VmDefinition, bool> wanted) =>
        from view in supervisor.List()
        let definition = supervisor.FindDefinition(view.Id)
        where definition is not null && wanted(definition)
        group definition by definition.StartupOrder into together
        orderby together.Key
        select together.ToArray();
}
