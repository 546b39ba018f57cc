using System.Text.RegularExpressions;

namespace VmSupervisor.Model.Scenarios;

/// <summary>What the steps of traces are in scenarios, by the words in which the model tells them.</summary>
internal sealed class Moves(string vm, Orders orders)
{
    /// <summary>News that come late, effects that have not noticed, answers that are lost: who runs the real thing cannot order them.</summary>
    private static readonly string[] Unspoken =
    [
        "told late", "has not noticed", "given up, ends", "is told late", "is not certain", "is done, and not answered", "gets no answer in time",
        "cannot be continued", "something of it is left", "^(cont|stop|system_reset|pause|resume|reset) fails$", "the power button cannot be pressed",
    ];

    private readonly (string Pattern, Func<GroupCollection, Move> Read)[] _words =
    [
        ("^client: cancel the (.+)$", m => orders.Cancel(m[1].Value)),
        ("^client: (.+)$", m => orders.Give(m[1].Value)),
        ("^QEMU of .* is killed from outside$", _ => new Move.Line($"qemu {vm} is killed")),
        ("^QEMU of .* hangs$", _ => new Move.Line($"qemu {vm} hangs")),
        ("^the guest of .* powers itself off$", _ => new Move.Line($"guest {vm} powers-off")),
        ("^the guest of .* panics$", _ => new Move.Line($"guest {vm} panics")),
        ("^the guest resets itself$", _ => new Move.Line($"guest {vm} resets")),
        ("^the supervisor is killed$", _ => new Move.Line("supervisor is killed")),
        ("^the supervisor is started, and the monitor does not answer it$", _ => new Move.Both(
            new Move.Fault($"qemu {vm} hangs", FaultPlace.Here, "adopted", $"qemu {vm} goes-on"), new Move.Line("supervisor starts"))),
        ("^the supervisor is started", _ => new Move.Line("supervisor starts")),
        ("^the host is rebooted$", _ => new Move.Line("host reboots")),
        ("^the (.+) hooks of .* fail$", m => Phase(m[1].Value) is var phase
            ? new Move.Fault($"hook {phase} fails", FaultPlace.Here, $"hook-ended phase={phase}", $"hook {phase} works")
            : new Move.Unspoken()),
        ("^(\\S+) cannot be acquired$", m => new Move.Fault(
            $"acquire {m[1].Value} fails \"it cannot be acquired\"", FaultPlace.BeforeTheLife, "end-began", $"acquire {m[1].Value} works")),
        ("^(\\S+) cannot be released$", m => new Move.Fault($"release {m[1].Value} fails \"it is busy\"", FaultPlace.Here, "release-failed", $"release {m[1].Value} works")),
        ("^QEMU cannot be spawned$", _ => new Move.Fault("launch fails \"QEMU cannot be spawned\"", FaultPlace.BeforeTheLife, "end-began", "launch works")),
        ("^the launch fails, and QEMU may live$", _ => new Move.Fault(
            "launch loses-its-monitor \"the monitor fails\"", FaultPlace.BeforeTheLife, "end-began", "launch works")),
        ("^the backup begins, and is not answered$", _ => new Move.Fault(
            "jobs cannot-begin \"the monitor did not answer\"", FaultPlace.BeforeTheBackup, "backup-failed", "jobs can-begin")),
        ("^the backup of .* fails$", _ => new Move.Fault("jobs fails \"the job failed\"", FaultPlace.BeforeTheBackup, "backup-failed", "jobs works")),
        ("^the memory of .* cannot be written$", _ => new Move.Fault("save fails \"it cannot be written\"", FaultPlace.Here, "hibernation-failed", "save works")),
    ];

    /// <summary>What a step is; a step that is a line and more is both.</summary>
    public IEnumerable<Move> Of(string step)
    {
        var told = Regex.Replace(step, @" \((.* has not noticed|what .* saw is told late)\)$", "");
        foreach (var (pattern, read) in _words)
        {
            if (Regex.Match(told, pattern) is { Success: true, Groups: var groups })
            {
                yield return read(groups);
                break;
            }
        }

        if (Unspoken.Any(u => Regex.IsMatch(step, u)))
            yield return new Move.Unspoken();
    }

    private static string Phase(string name) => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(name);
}
