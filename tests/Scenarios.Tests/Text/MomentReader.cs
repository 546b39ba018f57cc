using System.Globalization;
using VmSupervisor.Contracts;

namespace VmSupervisor.Scenarios.Tests.Text;

/// <summary>Reads what a line waits for, from its words up to the colon.</summary>
internal static class MomentReader
{
    private static readonly Dictionary<string, string> States = new()
    {
        ["starting"] = "Starting",
        ["running"] = "Running",
        ["stopping"] = "Stopping",
        ["cleaned-up"] = "CleanedUp",
        ["undefined"] = "Undefined",
    };

    /// <summary>The moment and the words behind its colon; no moment when the line has none.</summary>
    /// <exception cref="FormatException">It is not a moment.</exception>
    public static (Moment? Moment, string[] Remaining) Read(string[] words)
    {
        if (words is not ["at" or "after" or "when", ..])
            return (null, words);
        var end = Array.FindIndex(words, w => w.EndsWith(':'));
        if (end < 0)
            throw new FormatException($"found '{words[0]}' without a colon, allowed: '{words[0]} …:', and what is done then");
        string[] told = [.. words[1..end], words[end][..^1]];
        var moment = words[0] switch
        {
            "at" => new Moment.At(ActReader.Time(string.Join(' ', told))),
            "after" => new Moment.After(ActReader.Time(string.Join(' ', told))),
            _ when told is [.. var condition, "within", var limit] => new Moment.When(ReadCondition(condition), ActReader.Time(limit)),
            _ => (Moment)new Moment.When(ReadCondition(told), null),
        };
        return (moment, words[(end + 1)..]);
    }

    private static Condition ReadCondition(string[] words) => words switch
    {
        ["operation", var id, "ends"] => new Condition.Ended(OperationId.Parse(id)),
        ["file", var path, "is", var what] => new Condition.File(path, ActReader.One(what, "unfinished", "complete") == "unfinished"),
        [var vm, "is", var state] => new Condition.State(ActReader.Vm(vm), States[ActReader.One(state, [.. States.Keys])]),
        [var vm, "guest", "is", var guest] => new Condition.Guest(ActReader.Vm(vm), guest),
        [var vm, "has", "a", "problem"] => new Condition.Problem(ActReader.Vm(vm)),
        [var life, "has", "a", "process"] => new Condition.Process(VmOf(life), LifeOf(life)),
        [var life, "journals", var type, .. var data] => new Condition.Journals(VmOf(life), LifeOf(life), type, ReadData(data)),
        [var life, "hook", var phase, var what] => new Condition.Hook(
            VmOf(life), LifeOf(life), ActReader.One(phase, ActReader.Phases), ActReader.One(what, "begins", "ends") == "ends"),
        _ => throw new FormatException(
            $"found '{string.Join(' ', words)}', allowed: VM is STATE, VM guest is STATE, VM journals TYPE [NAME=VALUE …], VM hook PHASE begins, VM hook PHASE ends, "
            + "VM has a problem, VM has a process, file PATH is unfinished, file PATH is complete, operation NAME ends"),
    };

    private static VmId VmOf(string life) => ActReader.Vm(life.Split('/')[0]);

    private static long? LifeOf(string life) => life.Split('/') switch
    {
        [_] => null,
        [_, var number] when long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var n) => n,
        _ => throw new FormatException($"found '{life}', allowed: a VM, or VM/INCARNATION"),
    };

    private static Dictionary<string, string> ReadData(string[] words) => words.ToDictionary(
        w => w.Contains('=') ? w[..w.IndexOf('=')] : throw new FormatException($"found '{w}', allowed: NAME=VALUE"),
        w => w[(w.IndexOf('=') + 1)..]);
}
