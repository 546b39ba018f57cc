using VmSupervisor.Domain;
using VmSupervisor.Linux;
using VmSupervisor.Qemu.CommandLine;

namespace VmSupervisor.Qemu.Accelerators;

/// <summary>
/// Runs the guest of <c>Probe/kvm-probe.S</c>: it does what a kernel needs and ends QEMU with how far it got.
/// </summary>
/// <remarks>
/// Under <c>timeout</c>, which outlives us: a supervisor that is killed meanwhile leaves nothing behind for longer
/// than the limit.
/// </remarks>
internal sealed class KvmTrial(Spawner spawner, ExitWatcher exits)
{
    /// <summary>Long enough for a host that is overloaded; a guest that works needs 0.1 s.</summary>
    public const int LimitSeconds = 5;

    private const int RomSize = 64 << 10;
    private const int Passed = (0x2a * 2) + 1;
    private const int KilledByLimit = 128 + 9;

    private static readonly string[] Stages =
    [
        "real mode", "32-bit protected mode at speed", "64-bit paged mode at speed", "exceptions", "model-specific registers",
        "user mode and system calls", "timer interrupts",
    ];

    /// <summary>Tries an accelerator.</summary>
    /// <param name="qemu">QEMU, absolute.</param>
    /// <param name="accelerator">Its name for QEMU.</param>
    /// <param name="directory">A directory of its own, made and deleted here.</param>
    public async Task<TrialOutcome> RunAsync(string qemu, string accelerator, string directory)
    {
        if (ExecutableSearch.Find("timeout") is not { } timeout)
            return new(false, false, "there is no timeout(1) to run the trial guest under");
        try
        {
            Directory.CreateDirectory(directory);
            try
            {
                var rom = Path.Combine(directory, "kvm-probe.rom");
                await File.WriteAllBytesAsync(rom, Rom());
                return spawner.Spawn(Request(timeout, qemu, accelerator, directory, rom)) switch
                {
                    SpawnResult.Spawned(var process) => await JudgeAsync(process, directory),
                    SpawnResult.Failed(_, var reason) => new(false, false, reason),
                    _ => throw new InvalidOperationException(),
                };
            }
            finally
            {
                Directory.Delete(directory, recursive: true);
            }
        }
        catch (IOException e)
        {
            return new(false, false, e.Message);
        }
    }

    private static SpawnRequest Request(string timeout, string qemu, string accelerator, string directory, string rom) => new(
        timeout,
        [
            "-s", "KILL", $"{LimitSeconds}", qemu, "-name", $"guest=kvm-probe", "-no-user-config", "-nodefaults", "-display", "none",
            "-machine", "q35", "-accel", accelerator, "-m", "4M", "-no-reboot", "-bios", rom,
            "-debugcon", $"file:{Path.Combine(directory, "stages")}", "-device", "isa-debug-exit,iobase=0xf4,iosize=4",
        ],
        QemuEnvironment.Variables,
        "/",
        Path.Combine(directory, "log"),
        Path.Combine(directory, "log"),
        []);

    private static byte[] Rom()
    {
        using var code = typeof(KvmTrial).Assembly.GetManifestResourceStream("kvm-probe.bin")
            ?? throw new InvalidOperationException("the assembly was built without kvm-probe.bin");
        var rom = new byte[RomSize];
        code.ReadExactly(rom.AsSpan(RomSize - (int)code.Length));
        return rom;
    }

    private async Task<TrialOutcome> JudgeAsync(PidFd process, string directory)
    {
        using (process)
        {
            var exit = await exits.WaitAsync(process, CancellationToken.None);
            var stages = Path.Combine(directory, "stages");
            var reached = File.Exists(stages) ? (int)new FileInfo(stages).Length : 0;
            return exit switch
            {
                { Code: Passed } => new(true, true, "a trial guest ran"),
                { Code: 0 } => new(false, true, $"a trial guest crashed ({Stage(reached)})"),
                { Code: { } code } when code % 2 == 1 && code / 2 >= 1 && code / 2 <= Stages.Length => new(false, true, $"a trial guest failed ({Stage(code / 2)})"),

                // Neither is the hardware's word for ever: the host may have been overloaded, a permission missing.
                { Code: KilledByLimit } or { Signal: not null } => new(false, false, $"a trial guest hung for {LimitSeconds} s ({Stage(reached)})"),
                _ => new(false, false, $"{QemuWords.From(Path.Combine(directory, "log"), "QEMU said nothing")} ({exit})"),
            };
        }
    }

    private static string Stage(int number) => number >= 1 && number <= Stages.Length ? $"{Stages[number - 1]}, stage {number} of {Stages.Length}" : "before its first instruction";
}

/// <summary>What a trial showed.</summary>
/// <param name="Works">Whether the guest ran to its end.</param>
/// <param name="Conclusive">Whether it will be the same next time.</param>
/// <param name="Reason">One line for a person.</param>
internal sealed record TrialOutcome(bool Works, bool Conclusive, string Reason);
