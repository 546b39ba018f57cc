using VmSupervisor.Domain;

namespace VmSupervisor.Hooks;

/// <summary>How phases are spelled where people and scripts see them.</summary>
internal static class HookPhases
{
    /// <summary>As in Proxmox VE's hook scripts: <c>pre-start</c>.</summary>
    public static string Spell(this HookPhase phase) => phase switch
    {
        HookPhase.PreStart => "pre-start",
        HookPhase.PostStart => "post-start",
        HookPhase.PreStop => "pre-stop",
        HookPhase.PostStop => "post-stop",
        _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, "unknown hook phase"),
    };
}
