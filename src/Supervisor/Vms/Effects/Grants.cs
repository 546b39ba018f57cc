using System.Text.Json.Nodes;
using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Qemu;
using VmSupervisor.Resources;

namespace VmSupervisor.Vms.Effects;

/// <summary>What the steps of a plan have given to QEMU.</summary>
internal sealed class Grants
{
    private readonly Dictionary<string, string> _volumes = [];
    private readonly Dictionary<string, JsonObject> _networks = [];

    public BackEnds BackEnds => new(_volumes, _networks);

    /// <summary>Files: a process that writes 0 to each of them is in the group from then on.</summary>
    public ValueList<string> Cgroups { get; private set; } = [];

    /// <summary>Which limits have no effect, and why; null when all have.</summary>
    public string? Remark { get; private set; }

    public void Add(Step step, Grant grant)
    {
        switch (grant)
        {
            case Grant.Volume volume:
                _volumes.Add(step.Name, volume.Path);
                break;
            case Grant.Network network:
                _networks.Add(step.Name, network.BackEnd.Properties);
                break;
            case Grant.Cgroup cgroup:
                (Cgroups, Remark) = (cgroup.Entries, cgroup.Remark);
                break;
        }
    }
}
