namespace VmSupervisor.Contracts.Definitions.Reading;

internal static class MachineAspect
{
    public static (string Machine, Accelerator Accel) Read(Fields vm)
    {
        // No commas: machine properties belong into qemu-args, where nobody mistakes them for a type.
        var machine = vm.Find("machine")?.Text(
            "a machine type of QEMU, such as q35, pc, pc-q35-7.2",
            text => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-') && text[0] != '-');
        var accel = vm.Find("accel")?.Member<Accelerator>();
        return (machine ?? "q35", accel ?? Accelerator.Auto);
    }
}
