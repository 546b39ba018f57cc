namespace VmSupervisor.Contracts.Definitions.Reading;

internal readonly record struct MachineAspect(string Machine, string? Pinned, Accelerator Accel)
{
    private const string AllowedPinned = "the versioned type that machine stands for, such as pc-q35-7.2; leave it out to have it found";

    public static MachineAspect Read(Fields vm)
    {
        var machine = vm.Find("machine")?.Text("a machine type of QEMU, such as q35, pc, pc-q35-7.2", IsType);
        var pinned = vm.Find("pinned-machine")?.Text(AllowedPinned, IsType);
        var accel = vm.Find("accel")?.Member<Accelerator>();
        return new(machine ?? "q35", pinned, accel ?? Accelerator.Auto);
    }

    // No commas: machine properties belong into qemu-args, where nobody mistakes them for a type.
    private static bool IsType(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-') && text[0] != '-' && text != "help";
}
