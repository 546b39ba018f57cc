using System.Globalization;
using System.Text.RegularExpressions;
using VmSupervisor.Linux;
using VmSupervisor.Qemu;

namespace VmSupervisor.Doctor.Checks;

/// <summary>Whether QEMU is there, runs at all, and is new enough.</summary>
internal sealed partial class QemuCheck(string executable, string runDirectory, Spawner spawner, ExitWatcher exits) : ICheck
{
    /// <summary>The oldest QEMU that is supported and was tested.</summary>
    private static readonly Version Oldest = new(7, 2);

    private const string LimitSeconds = "5";

    public string Name => "qemu";

    public async Task<Finding> LookAsync(CancellationToken cancellationToken)
    {
        if (ExecutableSearch.Find(executable) is not { } qemu)
        {
            return Finding.Failed(
                $"there is no executable {executable} (PATH is {QemuEnvironment.Path})",
                "install it (Debian: apt install qemu-system-x86), or set vmsup.qemu.executable");
        }

        // Under timeout, which outlives us: one that hangs does not stay.
        if (ExecutableSearch.Find("timeout") is not { } timeout)
            return Finding.Failed("there is no timeout(1)", "install coreutils");
        var output = Path.Combine(runDirectory, $"doctor.{Environment.ProcessId}.out");
        try
        {
            var request = new SpawnRequest(timeout, ["-s", "KILL", LimitSeconds, qemu, "--version"], QemuEnvironment.Variables, "/", output, output, []);
            switch (spawner.Spawn(request))
            {
                case SpawnResult.Spawned(var process):
                    using (process)
                    {
                        var exit = await exits.WaitAsync(process, cancellationToken);
                        return Judge(qemu, exit.Code, (await File.ReadAllTextAsync(output, cancellationToken)).Trim());
                    }

                case SpawnResult.Failed(_, var reason):
                    return Finding.Failed(reason, $"is {runDirectory} writable, and {timeout} executable?");
                default:
                    throw new InvalidOperationException();
            }
        }
        finally
        {
            File.Delete(output);
        }
    }

    private static Finding Judge(string qemu, int? exitCode, string output)
    {
        var line = output.Split('\n')[0];
        if (VersionIn().Match(line) is not { Success: true } match)
        {
            return Finding.Failed(
                $"{qemu} --version ended with {exitCode?.ToString(CultureInfo.InvariantCulture) ?? "a signal"} and said '{line}'",
                "is it a QEMU, for this machine, with all its libraries? run it by hand");
        }

        var version = new Version(Number(match, 1), Number(match, 2));
        return version < Oldest
            ? Finding.Warning($"{qemu}: {line}", $"{Oldest} is the oldest that is supported: install a newer one")
            : Finding.Ok($"{qemu}: {line}");
    }

    private static int Number(Match match, int group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"version (\d{1,5})\.(\d{1,5})")]
    private static partial Regex VersionIn();
}
