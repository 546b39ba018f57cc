using System.CommandLine;
using System.CommandLine.Parsing;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Text;

namespace VmSupervisor.Cli.Commands;

/// <summary>The arguments and options that several commands share.</summary>
internal static class Arguments
{
    public static Argument<string> Vm() => new("ID") { Description = "The VM's number or name" };

    public static Option<OperationId?> Operation() => new("--operation")
    {
        Description = "A name for this request (1 to 64 letters, digits and . _ : -): asking again with it does nothing twice",
        HelpName = "ID",
        CustomParser = result => Parse<OperationId>(result, OperationId.TryParse, "1 to 64 letters, digits and . _ : -"),
    };

    public static Option<bool> NoWait() => new("--no-wait") { Description = "Print the operation's id as soon as it is accepted" };

    public static Option<bool> KeepActive() => new("--keep-active") { Description = "Leave the volumes active for whoever works on them next" };

    public static Option<TimeSpan?> Time(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result => Parse<TimeSpan>(result, Duration.TryParse, Duration.Allowed),
    };

    public static Option<long?> Size(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "SIZE",
        CustomParser = result => Parse<long>(result, ByteSize.TryParse, ByteSize.Allowed),
    };

    public delegate bool TryParse<T>(string? text, out T value);

    private static T? Parse<T>(ArgumentResult result, TryParse<T> tryParse, string allowed)
        where T : struct
    {
        var text = result.Tokens[^1].Value;
        if (tryParse(text, out var value))
            return value;
        result.AddError($"{((OptionResult)result.Parent!).IdentifierToken?.Value}: found '{text}', allowed: {allowed}");
        return null;
    }
}
