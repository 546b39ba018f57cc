using System.Globalization;
using VmSupervisor.Domain;

namespace VmSupervisor.Hooks;

/// <summary>
/// A result file: the verdict and the last hook's exit code in the first line, then what it is about (of the
/// runner: the hook's path, which may have any character; of ours: a line for a person).
/// </summary>
internal sealed record HookResult(string Verdict, int Code, string Subject)
{
    private const string Gone = "the hooks began, and their runner is gone without a result";

    public const string Succeeded = "succeeded", Failed = "failed", Missing = "missing", NotExecutable = "not-executable";
    public const string TimedOut = "timed-out", Killed = "killed", NeverBegan = "never-began", Unknown = "unknown", NotRun = "not-run";

    /// <summary>It began, and its runner is gone.</summary>
    public static HookResult Lost { get; } = new(Unknown, 0, "");

    /// <summary>Reads one; anything that is none is an unknown result.</summary>
    public static HookResult Parse(string text)
    {
        var line = text.Split('\n', 2);
        return line[0].Split(' ') is [var verdict, var digits] && int.TryParse(digits, CultureInfo.InvariantCulture, out var code)
            ? new HookResult(verdict, code, line.ElementAtOrDefault(1) ?? "")
            : new HookResult(Unknown, 0, "");
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Verdict} {Code}\n{Subject}");

    public HookOutcome ToOutcome(string output) => Verdict switch
    {
        Succeeded => new(HookStatus.Succeeded, "", output),
        Failed => new(HookStatus.Failed, Line($"hook {Subject}: {Ending}"), output),
        Missing => new(HookStatus.Failed, Line($"hook {Subject}: there is no such file; create it or take it out of the VM's hooks"), output),
        NotExecutable => new(HookStatus.Failed, Line($"hook {Subject}: it is not executable; chmod +x it or take it out of the VM's hooks"), output),
        TimedOut => new(HookStatus.TimedOut, Line($"{Who}: killed when the phase's time limit was over"), output),
        Killed => new(HookStatus.Killed, Line($"{Who}: killed since it was not wanted any more"), output),
        NotRun => new(HookStatus.Failed, Line($"the hooks could not be run: {Subject.TrimEnd(' ', ';')}"), output),
        NeverBegan => new(HookStatus.NeverBegan, "", output),
        _ => new(HookStatus.Unknown, Line(Subject.Length > 0 ? $"{Gone}: {Subject}" : Gone), output),
    };

    private string Who => Subject.Length > 0 ? $"hook {Subject}" : "the hooks";

    // The shell's way: 128 and the signal's number.
    private string Ending => Code > 128 ? $"ended by signal {Code - 128}" : $"ended with exit code {Code}";

    private static string Line(string text) => text.ReplaceLineEndings("\\n");
}
