namespace VmSupervisor.Contracts.Definitions.Reading;

internal readonly record struct BootAspect(string? Bios, string? Kernel, string? Initrd, string? Cmdline)
{
    public static BootAspect Read(Fields vm)
    {
        var bios = vm.Find("bios")?.AbsolutePath();
        var kernel = vm.Find("kernel");
        var initrd = vm.Find("initrd");
        var cmdline = vm.Find("cmdline");
        if (kernel is null)
        {
            initrd?.Fault("an initrd without a kernel", "together with kernel");
            cmdline?.Fault("a command line without a kernel", "together with kernel");
        }

        return new(bios, kernel?.AbsolutePath(), initrd?.AbsolutePath(), cmdline?.Text("one line of text", text => !text.Contains('\n')));
    }
}
