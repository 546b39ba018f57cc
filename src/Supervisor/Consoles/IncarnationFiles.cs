using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Domain;
using VmSupervisor.Qemu.CommandLine;

namespace VmSupervisor.Consoles;

/// <summary>Where the current incarnation of a VM has its files.</summary>
internal static class IncarnationFiles
{
    public static RunFiles Of(string runDirectory, VmView vm) => new(KeyOf(runDirectory, vm).RunDirectory);

    public static ProcessKey KeyOf(string runDirectory, VmView vm) =>
        new(vm.Id, vm.Incarnation, Path.Combine(runDirectory, "vms", vm.Id.ToString(), vm.Incarnation.ToString()));

    /// <summary>Whether this life of a VM has ended, as far as a view shows; why is known a moment after the process is gone.</summary>
    public static bool Ended(VmView? now, Incarnation life) =>
        now is null || now.Incarnation != life || (now.Pid is null && now.State is "Stopping" or Api.AtRest);

    /// <summary>Why this life of a VM has ended, in one line for whoever was there.</summary>
    public static string WhyEnded(VmView? now, VmId vm, Incarnation life) => now switch
    {
        null => $"vm {vm}: is not defined any more",
        _ when now.Incarnation != life => $"vm {now.Id} ({now.Name}): incarnation {life} has ended, {now.Incarnation} came after it",
        _ => $"vm {now.Id} ({now.Name}): incarnation {life} has ended: {now.Cause}{(now.Detail.Length > 0 ? $", {now.Detail}" : "")}",
    };
}
