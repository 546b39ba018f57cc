using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Doctor.Checks;

/// <summary>Whether taps can be made, and whether the bridges are there that definitions name.</summary>
internal sealed class BridgeCheck(IKnownVms vms, HostNetwork network) : ICheck
{
    public string Name => "bridges";

    public Task<Finding> LookAsync(CancellationToken cancellationToken) => Task.FromResult(Look());

    private Finding Look()
    {
        var wanted = vms.Look().Vms
            .SelectMany(vm => vm.Definition.Nics.Where(n => n.Type == NicType.Tap).Select(n => (vm.Id, Bridge: n.Bridge ?? "")))
            .Distinct()
            .ToArray();
        if (network.AgainstTaps() is { } against)
        {
            const string remedy = "modprobe tun, and run vmsupd as root or with CAP_NET_ADMIN; interfaces of type user need neither";
            return wanted.Length == 0
                ? Finding.Warning($"no taps can be made: {against}", remedy)
                : Finding.Failed($"no taps can be made, and {Finding.Several([.. wanted.Select(w => $"vm {w.Id} wants one")])}: {against}", remedy);
        }

        var bridges = network.Bridges();
        var missing = wanted.Where(w => w.Bridge.Length > 0 && !bridges.Contains(w.Bridge)).ToArray();
        return missing.Length == 0
            ? Finding.Ok($"taps can be made; {(bridges.Count == 0 ? "there is no bridge, and no VM wants one" : $"bridges: {string.Join(", ", bridges)}")}")
            : Finding.Failed(
                Finding.Several([.. missing.Select(m => $"vm {m.Id} wants bridge {m.Bridge}, which does not exist")]),
                $"ip link add {missing[0].Bridge} type bridge && ip link set {missing[0].Bridge} up, or correct the definition");
    }
}
