using VmSupervisor.Contracts;
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

    /// <summary>Whether this life of a VM has ended, as far as a view shows.</summary>
    public static bool Ended(VmView? now, Incarnation life) => now is null || now.Incarnation != life || now.Pid is null;
}
