namespace VmSupervisor.Qemu.Uefi;

/// <summary>A build of OVMF: code that all guests share, and the variable store that fits it.</summary>
/// <param name="Code">The code.</param>
/// <param name="Template">An empty variable store.</param>
internal sealed record UefiImage(string Code, string Template);

/// <summary>Where distributions put OVMF.</summary>
internal static class UefiImages
{
    /// <summary>Debian and Ubuntu (both sizes), Fedora and its kin, Arch, and what QEMU itself installs; the first that is there is taken.</summary>
    public static IReadOnlyList<UefiImage> Known { get; } =
    [
        new("/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"),
        new("/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_VARS.fd"),
        new("/usr/share/edk2/ovmf/OVMF_CODE.fd", "/usr/share/edk2/ovmf/OVMF_VARS.fd"),
        new("/usr/share/edk2/x64/OVMF_CODE.4m.fd", "/usr/share/edk2/x64/OVMF_VARS.4m.fd"),
        new("/usr/share/qemu/edk2-x86_64-code.fd", "/usr/share/qemu/edk2-i386-vars.fd"),
    ];
}
