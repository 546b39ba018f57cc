namespace VmSupervisor.Qemu.CommandLine;

/// <summary>
/// What QEMU may ask of the kernel: no programs, no other user, no priorities; so that whoever takes QEMU over from within a
/// guest has less to go on with. It is what libvirt gives its guests, too (checked on 7.2: it has seccomp).
/// </summary>
internal static class SandboxArguments
{
    public static IEnumerable<string> Of(LaunchPlan plan) =>
        plan.Sandbox ? ["-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"] : [];
}
