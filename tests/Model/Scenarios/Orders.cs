using System.Globalization;

namespace VmSupervisor.Model.Scenarios;

/// <summary>Commands of a trace as one types them, and the names that their operations get in a scenario.</summary>
internal sealed class Orders(string vm)
{
    private readonly List<(string Wish, string Operation)> _given = [];
    private int _copies;

    /// <summary>A command, in the model's spelling.</summary>
    public Move Give(string told)
    {
        var words = told.Split(' ');
        var text = words[0] switch
        {
            "start" or "stop" or "undefine" => $"{words[0]} {vm}{Options(words)}",
            "shutdown" or "reboot" => $"{words[0]} {vm}{Options(words).Replace("--force-after", "--force-after 1s", StringComparison.Ordinal)}",
            "Pause" or "Resume" or "Reset" => $"{words[0].ToLowerInvariant()} {vm}",
            "hibernate" => $"suspend-to-disk {vm}",
            "backup" => string.Create(CultureInfo.InvariantCulture, $"backup {vm} copies-{++_copies} --mode {words[2].ToLowerInvariant()}"),
            _ => null,
        };
        if (text is null)
            return new Move.Unspoken();
        Remember(words[0], text.Split(' ')[0]);
        return new Move.Line(text);
    }

    /// <summary>The last of its kind: the model tells no more of the one that is meant.</summary>
    public Move Cancel(string wish)
    {
        var target = _given.FindLast(g => Kind(g.Wish) == wish.ToLowerInvariant()).Operation;
        if (target is null)
            return new Move.Unspoken();
        Remember("cancel", "cancel");
        return new Move.Line($"cancel {target}");
    }

    private void Remember(string wish, string kind) => _given.Add(
        (wish, string.Create(CultureInfo.InvariantCulture, $"{kind}-{1 + _given.Count(g => g.Operation.StartsWith(kind + "-", StringComparison.Ordinal))}")));

    /// <summary>Pause, resume and reset are one kind of wish.</summary>
    private static string Kind(string wish) => wish is "Pause" or "Resume" or "Reset" ? "guest" : wish;

    private static string Options(string[] words) => string.Concat(words.Skip(1).Select(w => $" {w}"));
}
