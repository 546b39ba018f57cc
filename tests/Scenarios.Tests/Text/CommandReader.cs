using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;

namespace VmSupervisor.Scenarios.Tests.Text;

/// <summary>Reads commands as one gives them to vmsup, and <c>as NAME</c> for the id of the operation.</summary>
internal static class CommandReader
{
    /// <summary>Null when it is no command.</summary>
    /// <exception cref="FormatException">It is one, and something is wrong with it.</exception>
    public static Act.Command? Read(string[] words, OperationNames names)
    {
        if (words is not [var kind, var number, .. var rest] || Options(kind) is not { } allowed)
            return null;
        var vm = ActReader.Vm(number);
        var options = new Dictionary<string, TimeSpan?>();
        OperationId? operation = null;
        for (var i = 0; i < rest.Length; i++)
        {
            if (rest[i] == "as" && i + 1 < rest.Length)
                operation = OperationId.Parse(rest[++i]);
            else if (allowed.GetValueOrDefault(rest[i]) is not { } takesTime)
                throw new FormatException($"found '{rest[i]}', allowed: {string.Join(", ", allowed.Keys.Append("as NAME"))}");
            else if (!takesTime)
                options[rest[i]] = null;
            else
                options[rest[i]] = ActReader.Time(i + 1 < rest.Length ? rest[++i] : "");
        }

        return new Act.Command(vm, WishOf(kind, options), operation ?? names.Next(kind));
    }

    /// <summary>The options of a command and whether they take a time; null when it is none.</summary>
    private static Dictionary<string, bool?>? Options(string kind) => kind switch
    {
        "start" => new() { ["--paused"] = false },
        "stop" => new() { ["--keep-active"] = false },
        "shutdown" => new() { ["--timeout"] = true, ["--force-after"] = true, ["--keep-active"] = false },
        "reboot" => new() { ["--timeout"] = true, ["--force-after"] = true },
        "undefine" => new() { ["--force"] = false },
        "reset" or "pause" or "resume" => [],
        _ => null,
    };

    private static VmCommand WishOf(string kind, Dictionary<string, TimeSpan?> options) => kind switch
    {
        "start" => new VmCommand.Start(options.ContainsKey("--paused")),
        "stop" => new VmCommand.Stop(options.ContainsKey("--keep-active")),
        "shutdown" => new VmCommand.Shutdown(
            options.GetValueOrDefault("--timeout"), options.GetValueOrDefault("--force-after"), options.ContainsKey("--keep-active")),
        "reset" => new VmCommand.Reset(),
        "pause" => new VmCommand.Pause(),
        "resume" => new VmCommand.Resume(),
        "reboot" => new VmCommand.Reboot(options.GetValueOrDefault("--timeout"), options.GetValueOrDefault("--force-after")),
        "undefine" => new VmCommand.Undefine(options.ContainsKey("--force")),
        _ => throw new InvalidOperationException($"{kind} has options and no meaning"),
    };
}

/// <summary>Names for operations that were given none: <c>start-1</c>, <c>stop-2</c>, counted through the scenario.</summary>
internal sealed class OperationNames
{
    private readonly Dictionary<string, int> _counts = [];

    public OperationId Next(string kind)
    {
        var count = _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
        return OperationId.Parse($"{kind}-{count}");
    }
}
