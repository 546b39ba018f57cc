namespace VmSupervisor.Qemu.Launch;

/// <summary>Has a program begin in control groups.</summary>
/// <remarks>
/// A shell enters them and then becomes the program: same process, same start time. So there is no moment in which QEMU
/// is outside, nothing of its memory is another group's, and a supervisor that dies in between leaves nothing undone, which
/// a write of the pid after the spawn would. The shell's own command line has all of the program's arguments, the run
/// directory among them, and it holds the lock: it is found as QEMU is.
/// </remarks>
internal static class CgroupEntry
{
    private const string Shell = "/bin/sh";

    // The shell's own words about a file it cannot write go into QEMU's log, and so into the reason.
    private const string Script = """while [ "$1" != -- ]; do echo 0 >"$1" || exit 126; shift; done; shift; exec "$@" """;

    public static (string Executable, IReadOnlyList<string> Arguments) Wrap(IReadOnlyList<string> groups, string executable, IReadOnlyList<string> arguments) =>
        groups.Count == 0 ? (executable, arguments) : (Shell, ["-c", Script, "vmsup-enter", .. groups, "--", executable, .. arguments]);
}
