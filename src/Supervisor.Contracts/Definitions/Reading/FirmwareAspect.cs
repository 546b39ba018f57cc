namespace VmSupervisor.Contracts.Definitions.Reading;

internal static class FirmwareAspect
{
    public static Firmware Read(Fields vm)
    {
        var firmware = vm.Find("firmware")?.Member<Firmware>() ?? Firmware.Bios;
        if (firmware == Firmware.Uefi)
            vm.Find("bios")?.Fault("a bios image with firmware uefi", "no bios (the node finds OVMF by itself), or firmware = bios");
        return firmware;
    }
}
