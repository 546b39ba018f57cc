using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Text;
using VmSupervisor.Model.Engine;
using VmSupervisor.Model.Worlds;

namespace VmSupervisor.Model.Scenarios;

/// <summary>
/// A counterexample as a scenario in the text format of <c>tests/Scenarios</c>, without its last part: what was done
/// and what went wrong, in the order of the trace, each where the trace had come to. What has no word there is a comment.
/// </summary>
/// <remarks>
/// The trace's order of what comes by itself is lost: a scenario is played by a real supervisor with a seed. So it need
/// not break the law that the trace breaks; it leads to the place, and whoever mends the bug writes down what is right.
/// </remarks>
internal static class ScenarioText
{
    private const string IgnoresTheButton = "ignores the button";

    public static string Of(Bounds bounds, Counterexample found)
    {
        var vm = bounds.Definition.Id.ToString();
        var script = new Script(vm);
        var moves = new Moves(vm, new Orders(vm));
        var rebooted = false;
        for (var i = 1; i < found.Lines.Count; i++)
        {
            var step = found.Lines[i].Step;
            var starts = step.StartsWith("the supervisor is started", StringComparison.Ordinal);

            // The supervisor comes with the host.
            foreach (var move in moves.Of(step).Where(_ => !(starts && rebooted)))
                script.Add(found.Lines, i, move);
            rebooted = step == "the host is rebooted" || (rebooted && !starts);
        }

        if (!rebooted && found.Lines[^1].World is World { Up: false })
            script.Add(found.Lines, found.Lines.Count - 1, new Move.Line("supervisor starts"));
        var ignores = found.Lines.Any(l => l.Step.EndsWith(IgnoresTheButton, StringComparison.Ordinal));
        return $"# {OneLine(found.Violation.ToString())}\n{Define(bounds.Definition, ignores)}\n\n{script}";
    }

    private static string Define(VmDefinition definition, bool ignoresButton)
    {
        List<string> keys = [];
        if (definition.Hooks.Count > 0)
            keys.Add("hooks = [ hook ]");
        if (definition.Disks.Count > 0)
            keys.Add($"disks = [ {string.Join(", ", definition.Disks.Select((_, i) => $"{{ path = disk{i}.raw, format = raw }}"))} ]");
        if (definition.Restart != RestartPolicy.Never)
            keys.Add($"restart = {EnumNames<RestartPolicy>.Of(definition.Restart)}");
        if (definition.OnPanic != PanicPolicy.Stop)
            keys.Add($"on-panic = {EnumNames<PanicPolicy>.Of(definition.OnPanic)}");
        if (ignoresButton)
            keys.Add("cmdline = \"hb_ms=50 hz=100 hb_nopwr=1\"");
        return $"vm {definition.Id} {{ {string.Join(", ", keys)} }}";
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
