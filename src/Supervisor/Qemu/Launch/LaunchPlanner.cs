using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Qemu.Accelerators;
using VmSupervisor.Qemu.CommandLine;

namespace VmSupervisor.Qemu.Launch;

/// <summary>Finds out all that a command line depends on, for a launch and for somebody who only wants to see it.</summary>
internal sealed class LaunchPlanner(HypervisorOptions options, AcceleratorChoice accelerators)
{
    /// <param name="files">The run directory.</param>
    /// <param name="request">What to launch.</param>
    /// <param name="uefi">Where UEFI's files come from, for a guest that has it.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="IOException">It cannot be launched here.</exception>
    public async Task<(string Executable, LaunchPlan Plan)> PlanAsync(
        RunFiles files, LaunchRequest request, Func<VmId, UefiFiles> uefi, CancellationToken cancellationToken)
    {
        var definition = request.Definition;
        if (files.SocketProblem is { } problem)
            throw new IOException(problem);
        var qemu = ExecutableSearch.Find(options.Executable)
            ?? throw new IOException($"there is no QEMU at '{options.Executable}' (apt-get install qemu-system-x86)");
        var useKvm = definition.Accel switch
        {
            Accelerator.Auto => (await accelerators.DecideAsync(qemu, cancellationToken)).UseKvm,
            Accelerator.Kvm => true,
            Accelerator.Tcg => false,
            _ => throw new ArgumentOutOfRangeException(nameof(request), definition.Accel, "no such accelerator"),
        };
        return (qemu, new(options.Node, definition, files, useKvm)
        {
            BackEnds = request.BackEnds,
            Sandbox = options.Sandbox,
            Uefi = definition.Firmware == Firmware.Uefi ? uefi(definition.Id) : null,
        });
    }
}
