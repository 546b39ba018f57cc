using System.Globalization;
using VmSupervisor.Contracts.Text;

namespace VmSupervisor.Contracts.Definitions.Reading;

internal readonly record struct LimitAspect(long? Memory, decimal? Cpu)
{
    /// <summary>
    /// What QEMU 7.2 needs beside the guest's memory at least: an idle one with a disk and a network card has some 30 MiB.
    /// With less the kernel kills it while it starts.
    /// </summary>
    private const long Overhead = 32 << 20;

    // The kernel gives out CPU time in thousandths of a second, per tenth of a second.
    private const decimal LeastCpu = 0.01m;
    private const decimal MostCpu = 1024;

    /// <summary>The limits; <paramref name="memory"/> is the guest's.</summary>
    public static LimitAspect Read(Fields vm, long memory) =>
        new(vm.Find("memory-limit") is { } limit ? ReadMemory(limit, memory) : null, vm.Find("cpu-limit") is { } cpu ? ReadCpu(cpu) : null);

    private static long? ReadMemory(Field field, long memory)
    {
        var allowed = $"at least {ByteSize.Format(memory + Overhead)} (memory, and {ByteSize.Format(Overhead)} for QEMU itself), as {ByteSize.Allowed}";
        if (ByteSize.TryParse(field.Scalar, out var bytes) && bytes >= memory + Overhead)
            return bytes;
        field.Fault(allowed);
        return null;
    }

    private static decimal? ReadCpu(Field field)
    {
        if (decimal.TryParse(field.Scalar, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var cpus)
            && cpus is >= LeastCpu and <= MostCpu && cpus % LeastCpu == 0)
        {
            return decimal.Parse(cpus.ToString("0.##", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        }

        field.Fault($"CPUs of the host, from {LeastCpu} to {MostCpu} in steps of {LeastCpu}, such as 1.5");
        return null;
    }
}
