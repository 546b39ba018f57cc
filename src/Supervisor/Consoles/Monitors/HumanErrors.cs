using System.Text.RegularExpressions;

namespace VmSupervisor.Consoles.Monitors;

/// <summary>Tells a refusal of the human monitor from an answer: it has only words for that.</summary>
/// <remarks>
/// Collected from QEMU 7.2, command by command. What it reports as an error of its own begins with <c>Error</c>; a line
/// that it cannot read ends with a hint at <c>help</c>; some old commands have words of their own.
/// </remarks>
internal static partial class HumanErrors
{
    public static bool IsIn(string answer) => Refusal().IsMatch(answer);

    [GeneratedRegex(
        @"^(?:Error[ :]|unknown command: |Try ""help .*"" for more information$|[Ii]nvalid |Could not |Must specify |Unable to |Device '.*' not found$)",
        RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Refusal();
}
