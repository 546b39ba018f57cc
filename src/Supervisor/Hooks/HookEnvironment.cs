using VmSupervisor.Contracts;

namespace VmSupervisor.Hooks;

/// <summary>What a hook is told by its environment.</summary>
internal static class HookEnvironment
{
    /// <summary>All variables, and no others of ours.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Of(HookRequest request, string node)
    {
        var phase = request.Phase.Spell();
        return
        [
            new("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
            new("HOME", Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home ? home : "/"),
            new("LANG", "C.UTF-8"),
            new("VMSUP_VM", request.Vm.ToString()),
            new("VMSUP_NAME", request.Name),
            new("VMSUP_PHASE", phase),
            new("VMSUP_INCARNATION", request.Incarnation.ToString()),
            new("VMSUP_CAUSE", request.Cause),
            new("VMSUP_OPERATION", request.Operation?.Value ?? ""),
            new("VMSUP_KEY", $"{request.Vm}-{request.Incarnation}-{phase}@{node}"),
            new("VMSUP_NODE", node),
        ];
    }
}
