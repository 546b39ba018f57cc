using VmSupervisor.Model.Engine;

namespace VmSupervisor.Model.Proxmox;

/// <summary>The same scenario under three flows: Proxmox VE before the patch of 2026, after it, and ours.</summary>
internal static class Comparison
{
    public static IReadOnlyList<(string Name, Call[] Script)> Scenarios { get; } =
    [
        ("a stop through the API", [Call.Start, Call.Stop]),
        ("a shutdown through the API", [Call.Start, Call.Shutdown]),
        ("a guest that powers itself off", [Call.Start, Call.PowerOff]),
        ("a stop-mode backup: a shutdown that keeps the volumes, then a start", [Call.Start, Call.ShutdownKeeping, Call.Start]),
        ("a crash, then a start", [Call.Start, Call.Crash, Call.Start]),
        ("a guest that powers itself off, then a start", [Call.Start, Call.PowerOff, Call.Start]),
    ];

    public static IReadOnlyList<History> Before(Call[] script) => Pve(new PveModel(flagged: false, script));

    public static IReadOnlyList<History> After(Call[] script) => Pve(new PveModel(flagged: true, script));

    public static IReadOnlyList<History> Ours(Call[] script) => Histories.Of(
        new ScriptedModel(script), ScriptedModel.Visible,
        scripted => new[] { scripted.World.Broken, new ScriptedModel(script).Judge(scripted), new ScriptedModel(script).JudgeEnd(scripted) }.OfType<Violation>());

    private static IReadOnlyList<History> Pve(PveModel model) => Histories.Of(model, happening => happening.ToString(), PveModel.Owed);
}
