using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Cli.Commands;

/// <summary>What can be told of a node at once and without its daemon: whether what it needs is there at all.</summary>
internal static class WithoutDaemon
{
    private const string Qemu = "qemu-system-x86_64";
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    public static IReadOnlyList<DoctorCheck> Checks(string unreachable, Func<string, string?> environment) =>
    [
        new(
            "daemon", DoctorStatus.Failed, unreachable,
            "start it (vmsupd, or systemctl start vmsupd) and ask again: the other checks are its own. Guests run on without it"),
        QemuCheck(environment),
        Device("kvm", "/dev/kvm", "guests are emulated without it: load kvm_intel or kvm_amd"),
        Device("bridges", "/dev/net/tun", "no taps can be made without it: modprobe tun"),
    ];

    private static DoctorCheck QemuCheck(Func<string, string?> environment)
    {
        var path = environment("PATH") is { Length: > 0 } given ? given : DefaultPath;
        var found = path.Split(':', StringSplitOptions.RemoveEmptyEntries).Select(d => Path.Combine(d, Qemu)).FirstOrDefault(File.Exists);
        return found is not null
            ? new("qemu", DoctorStatus.Ok, $"{found} exists", null)
            : new("qemu", DoctorStatus.Warning, $"there is no {Qemu} in PATH", "install it (Debian: apt install qemu-system-x86), unless the daemon is told of another");
    }

    private static DoctorCheck Device(string check, string path, string remedy) => File.Exists(path)
        ? new(check, DoctorStatus.Ok, $"{path} exists; the daemon finds out whether it works", null)
        : new(check, DoctorStatus.Warning, $"there is no {path}", remedy);
}
