using System.Globalization;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Text;
using VmSupervisor.Qemu.Accelerators;
using VmSupervisor.Qemu.Machines;

namespace VmSupervisor.Qemu.Migrations;

/// <summary>Whether this host and its QEMU could take a machine of another one.</summary>
internal sealed class ArrivalCheck(HypervisorOptions options, AcceleratorChoice accelerators, MachineTypes machines)
{
    /// <summary>Where the kernel says how much memory can be had without swapping.</summary>
    private const string MemoryInfo = "/proc/meminfo";

    /// <summary>Why not, in one line for a person; null when nothing speaks against it.</summary>
    public async Task<string?> WhyNotAsync(VmDefinition definition, CancellationToken cancellationToken)
    {
        if (ExecutableSearch.Find(options.Executable) is not { } qemu)
            return $"there is no QEMU at '{options.Executable}'";
        var machine = definition.PinnedMachine ?? definition.Machine;
        if (await machines.KnowsAsync(qemu, machine, cancellationToken) == false)
            return $"its QEMU does not know the machine type {machine}";
        if (definition.Accel == Accelerator.Kvm && await accelerators.DecideAsync(qemu, cancellationToken) is { UseKvm: false } verdict)
            return $"the guest runs under KVM, which cannot be used there: {verdict.Reason}";
        return AvailableMemory() is { } available && available < definition.Memory
            ? $"the guest has {ByteSize.Format(definition.Memory)} of memory, and {ByteSize.Format(available)} can be had there"
            : null;
    }

    /// <summary>In bytes; null when the kernel does not say.</summary>
    private static long? AvailableMemory()
    {
        try
        {
            var line = File.ReadLines(MemoryInfo).FirstOrDefault(l => l.StartsWith("MemAvailable:", StringComparison.Ordinal));
            return line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var kibibytes, ..] && long.TryParse(kibibytes, CultureInfo.InvariantCulture, out var number)
                ? number << 10
                : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
