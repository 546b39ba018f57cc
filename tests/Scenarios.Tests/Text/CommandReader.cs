using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Text;

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
        var options = new Dictionary<string, string>();
        OperationId? operation = null;
        if (kind == "backup")
        {
            options[Directory] = rest is [var directory, ..] ? directory : throw new FormatException("found no directory, allowed: backup VM DIRECTORY");
            rest = rest[1..];
        }

        for (var i = 0; i < rest.Length; i++)
        {
            if (rest[i] == "as" && i + 1 < rest.Length)
                operation = OperationId.Parse(rest[++i]);
            else if (allowed.GetValueOrDefault(rest[i]) is not { } takesValue)
                throw new FormatException($"found '{rest[i]}', allowed: {string.Join(", ", allowed.Keys.Append("as NAME"))}");
            else
                options[rest[i]] = takesValue && i + 1 < rest.Length ? rest[++i] : "";
        }

        return new Act.Command(vm, WishOf(kind, options), operation ?? names.Next(kind));
    }

    private const string Directory = "DIRECTORY";

    /// <summary>The options of a command and whether they take a value; null when it is none.</summary>
    private static Dictionary<string, bool?>? Options(string kind) => kind switch
    {
        "start" => new() { ["--paused"] = false, ["--discard-saved"] = false },
        "stop" => new() { ["--keep-active"] = false },
        "shutdown" => new() { ["--timeout"] = true, ["--force-after"] = true, ["--keep-active"] = false },
        "reboot" => new() { ["--timeout"] = true, ["--force-after"] = true },
        "backup" => new() { ["--mode"] = true, ["--bandwidth"] = true },
        "undefine" => new() { ["--force"] = false },
        "reset" or "pause" or "resume" or "suspend-to-disk" => [],
        _ => null,
    };

    private static VmCommand WishOf(string kind, Dictionary<string, string> options) => kind switch
    {
        "start" => new VmCommand.Start(options.ContainsKey("--paused"), options.ContainsKey("--discard-saved")),
        "stop" => new VmCommand.Stop(options.ContainsKey("--keep-active")),
        "shutdown" => new VmCommand.Shutdown(Time(options, "--timeout"), Time(options, "--force-after"), options.ContainsKey("--keep-active")),
        "reset" => new VmCommand.Reset(),
        "pause" => new VmCommand.Pause(),
        "resume" => new VmCommand.Resume(),
        "reboot" => new VmCommand.Reboot(Time(options, "--timeout"), Time(options, "--force-after")),
        "backup" => new VmCommand.Backup(options[Directory], Mode(options), BytesPerSecond: Size(options, "--bandwidth")),
        "suspend-to-disk" => new VmCommand.SuspendToDisk(),
        "undefine" => new VmCommand.Undefine(options.ContainsKey("--force")),
        _ => throw new InvalidOperationException($"{kind} has options and no meaning"),
    };

    private static TimeSpan? Time(Dictionary<string, string> options, string name) =>
        options.TryGetValue(name, out var text) ? ActReader.Time(text) : null;

    private static long? Size(Dictionary<string, string> options, string name) => !options.TryGetValue(name, out var text) ? null
        : ByteSize.TryParse(text, out var bytes) ? bytes
        : throw new FormatException($"found '{text}', allowed: {ByteSize.Allowed}");

    private static BackupMode Mode(Dictionary<string, string> options) =>
        ActReader.One(options.GetValueOrDefault("--mode", "snapshot"), "snapshot", "suspend", "stop") switch
        {
            "suspend" => BackupMode.Suspend,
            "stop" => BackupMode.Stop,
            _ => BackupMode.Snapshot,
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
