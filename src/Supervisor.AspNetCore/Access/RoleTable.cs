using System.Collections.Frozen;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;

namespace VmSupervisor.AspNetCore.Access;

/// <summary>
/// The one table of what needs which role. What is not in it is refused, and a test finds every route that is not.
/// </summary>
internal static class RoleTable
{
    /// <summary>To type on a console, which who may only look cannot.</summary>
    public const Role ConsoleWriter = Role.Operator;

    private static readonly FrozenDictionary<(string Method, string Pattern), Need> All = new Dictionary<(string, string), Need>
    {
        [("GET", "/v1/vms")] = new(Role.Viewer, Reach.Filtered),
        [("GET", "/v1/vms/{vm}")] = new(Role.Viewer, Reach.Vm),
        [("PUT", "/v1/vms/{vm}")] = new(Role.Admin, Reach.Vm) { IsDefinition = true },
        [("DELETE", "/v1/vms/{vm}")] = new(Role.Admin, Reach.Vm),
        [("GET", "/v1/vms/{vm}/definition")] = new(Role.Viewer, Reach.Vm),
        [("GET", "/v1/vms/{vm}/diff")] = new(Role.Viewer, Reach.Vm),
        [("GET", "/v1/vms/{vm}/history")] = new(Role.Viewer, Reach.Vm),
        [("GET", "/v1/vms/{vm}/wait")] = new(Role.Viewer, Reach.Vm),
        [("GET", "/v1/vms/{vm}/console")] = new(Role.Viewer, Reach.Vm),

        // QEMU opens whatever file a command of its monitor names.
        [("GET", "/v1/vms/{vm}/monitor")] = new(Role.Admin, Reach.Vm),
        [("POST", "/v1/vms/{vm}/start")] = new(Role.Operator, Reach.Vm),
        [("POST", "/v1/vms/{vm}/stop")] = new(Role.Operator, Reach.Vm),
        [("POST", "/v1/vms/{vm}/shutdown")] = new(Role.Operator, Reach.Vm),
        [("POST", "/v1/vms/{vm}/reboot")] = new(Role.Operator, Reach.Vm),
        [("POST", "/v1/vms/{vm}/backup")] = new(Role.Operator, Reach.Vm),
        [("POST", "/v1/vms/{vm}/suspend-to-disk")] = new(Role.Operator, Reach.Vm),
        [("POST", "/v1/vms/{vm}/reset")] = new(Role.Operator, Reach.Vm),
        [("POST", "/v1/vms/{vm}/pause")] = new(Role.Operator, Reach.Vm),
        [("POST", "/v1/vms/{vm}/resume")] = new(Role.Operator, Reach.Vm),
        [("POST", "/v1/vms/{vm}/migrate")] = new(Role.Operator, Reach.Vm),

        // Whoever is wrong about the other side has the VM run twice.
        [("POST", "/v1/vms/{vm}/migrate-resolve")] = new(Role.Admin, Reach.Vm),
        [("GET", "/v1/operations")] = new(Role.Viewer, Reach.Filtered),
        [("GET", "/v1/operations/{operation}")] = new(Role.Viewer, Reach.Filtered),
        [("POST", "/v1/operations/{operation}/cancel")] = new(Role.Operator, Reach.Filtered),
        [("GET", "/v1/events")] = new(Role.Viewer, Reach.Filtered),
        [("GET", "/v1/remoting")] = new(Role.Viewer, Reach.Filtered),
        [("GET", "/v1/node")] = new(Role.Viewer, Reach.Filtered),
        [("GET", "/v1/node/doctor")] = new(Role.Viewer, Reach.Node),
        [("GET", "/v1/node/history")] = new(Role.Admin, Reach.Node),
        [("POST", "/v1/node/shutdown")] = new(Role.Admin, Reach.Node),
        [("GET", "/v1/node/journal")] = new(Role.Admin, Reach.Node),
        [("POST", "/v1/node/journal/backup")] = new(Role.Admin, Reach.Node),
        [("GET", "/v1/node/leftovers")] = new(Role.Viewer, Reach.Node),
        [("POST", "/v1/node/leftovers/remove")] = new(Role.Admin, Reach.Node),
        [("GET", "/v1/nodes")] = new(Role.Viewer, Reach.Node),
        [("GET", "/v1/nodes/{name}")] = new(Role.Viewer, Reach.Node),
        [("POST", "/v1/nodes/{name}/ping")] = new(Role.Operator, Reach.Node),
        [("GET", "/v1/tokens")] = new(Role.Admin, Reach.Node),
        [("POST", "/v1/tokens")] = new(Role.Admin, Reach.Node),
        [("DELETE", "/v1/tokens/{token}")] = new(Role.Admin, Reach.Node),
        [("GET", "/metrics")] = new(Role.Viewer, Reach.Node),
        [("GET", "/openapi/v1.json")] = new(Role.Viewer, Reach.Open),
        [("GET", "/healthz")] = new(Role.Viewer, Reach.Open),
        [("GET", "/readyz")] = new(Role.Viewer, Reach.Open),
        [("GET", "/v1/peers/{name}")] = new(Role.Admin, Reach.Peer),
        [("GET", "/v1/peers/{name}/stream")] = new(Role.Admin, Reach.Peer),
    }.ToFrozenDictionary();

    /// <summary>What an address needs; null when it is not in the table, so that nobody may.</summary>
    public static Need? Of(string method, string pattern) => All.GetValueOrDefault((method, pattern));

    /// <summary>What a command needs, by whatever way it comes.</summary>
    public static Need? Of(VmCommand command) => command switch
    {
        VmCommand.Define => Of("PUT", "/v1/vms/{vm}"),
        VmCommand.Undefine => Of("DELETE", "/v1/vms/{vm}"),
        VmCommand.Cancel => Of("POST", "/v1/operations/{operation}/cancel"),
        _ => Of("POST", $"/v1/vms/{{vm}}/{command.Kind}"),
    };
}
