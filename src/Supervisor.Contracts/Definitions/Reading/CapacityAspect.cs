using VmSupervisor.Contracts.Text;

namespace VmSupervisor.Contracts.Definitions.Reading;

internal static class CapacityAspect
{
    private const long MiB = 1 << 20;
    private const string AllowedMemory = "a multiple of 1 MiB from 1 MiB on, as " + ByteSize.Allowed;

    public static long Read(Fields vm) => vm.Required("memory", AllowedMemory) is { } field ? ReadMemory(field) : 0;

    private static long ReadMemory(Field field)
    {
        if (!ByteSize.TryParse(field.Scalar, out var bytes))
            field.Fault(AllowedMemory);
        else if (bytes < MiB || bytes % MiB != 0)
            field.Fault($"{field.Scalar} ({bytes} bytes)", AllowedMemory);
        return bytes;
    }
}
