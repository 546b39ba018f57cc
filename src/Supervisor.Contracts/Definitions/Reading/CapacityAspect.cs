using VmSupervisor.Contracts.Text;

namespace VmSupervisor.Contracts.Definitions.Reading;

internal static class CapacityAspect
{
    private const long MiB = 1 << 20;
    private const string AllowedMemory = "a multiple of 1 MiB from 1 MiB on, as " + ByteSize.Allowed;

    // The most that q35 of QEMU 7.2 takes without an interrupt remapper.
    private const int MostCpus = 255;

    public static (long Memory, int Cpus) Read(Fields vm)
    {
        var memory = vm.Required("memory", AllowedMemory) is { } field ? ReadMemory(field) : 0;
        var cpus = vm.Find("cpus")?.Whole(1, MostCpus);
        return (memory, (int)(cpus ?? 1));
    }

    private static long ReadMemory(Field field)
    {
        if (!ByteSize.TryParse(field.Scalar, out var bytes))
            field.Fault(AllowedMemory);
        else if (bytes < MiB || bytes % MiB != 0)
            field.Fault($"{field.Scalar} ({bytes} bytes)", AllowedMemory);
        return bytes;
    }
}
