using VmSupervisor.Domain;
using VmSupervisor.Model.Engine;
using VmSupervisor.Model.Scenarios;
using VmSupervisor.Model.Worlds;
using VmSupervisor.Scenarios.Tests.Playing;
using VmSupervisor.Scenarios.Tests.Simulated;
using VmSupervisor.Scenarios.Tests.Text;

namespace VmSupervisor.Scenarios.Tests;

/// <summary>Shortest traces to all kinds of places are scenarios that lead there, too.</summary>
public sealed class TraceTests
{
    private static readonly Dictionary<string, (string Exploration, Func<World, bool> Holds, string Journaled)> Goals = new()
    {
        ["a backup that cannot begin is undone"] = ("a backup in which something goes wrong", w => w.State is Running { Activity: Activity.Backup { Phase: BackupPhase.Undo } }, "backup-failed"),
        ["a backup whose job failed is undone"] = (
            "a backup in which something goes wrong",
            w => w.State is Running { Activity: Activity.Backup { Plan: { Mode: BackupMode.Suspend, ThenRun: true }, Phase: BackupPhase.Undo { Continues: false } } },
            "backup-failed"),
        ["a backup that was cancelled is undone"] = ("a backup that is cancelled", w => w.State is Running { Activity: Activity.Backup { Phase: BackupPhase.Undo } }, "backup-failed"),
        ["the copies of a stop-mode backup are made"] = ("stop-mode backups", w => w.State is Running { Last.Value: 2, Activity: Activity.Backup { Phase: BackupPhase.Copy } }, "2 backup-began"),
        ["a suspension failed"] = ("suspension to disk", w => w.State is Running { Activity: Activity.Hibernation { Undo: not null } }, "hibernation-failed"),
        ["a guest goes on from its memory"] = ("suspension to disk", w => w.State is Running { Life.Restores: not null }, "memoryOf=1"),
        ["memory is thrown away"] = ("suspension to disk", w => w.State is Starting { Life.Discards: not null }, "2 start-accepted     api-start start-2 plan=\"run-directory saved-memory"),
        ["a crash is followed by a restart"] = ("restarts", w => w.State is Starting { Life: { Cause: Cause.Restart, Number.Value: 2 } }, "2 start-accepted     restart"),
        ["a panic is followed by a restart"] = ("restarts", w => w.State is CleanedUp { Cause: Cause.GuestPanic }, "guest-panic"),
        ["a guest that ignores its button is killed"] = ("asking the guest", w => w.State is Stopping { Phase: StopPhase.Quit, Life.Guest: GuestState.Running, Mode: StopMode.Ask }, "stop-advanced      phase=quit"),
        ["a guest is paused"] = ("pause, resume, reset", w => w.State is Running { Life.Guest: GuestState.Paused, Requests.Count: 0 } && w.State.Operations.Any() is false, "guest-changed      guest=paused"),
        ["the host was rebooted"] = ("one life after another", w => w is { Boot: > 0, Up: true, State: CleanedUp { Cause: Cause.HostReboot } }, "host-reboot"),
        ["a VM is forgotten"] = ("volumes that stay active", w => w.State is Undefined { Last.Value: 1 }, "undefined"),
        ["a hook failed"] = ("a life with its hooks", w => w.State is Stopping { Cause: Cause.StartFailed } && w.Hooks.Any(h => h is { Progress: HookProgress.Over, Outcome: HookStatus.Failed }), "status=failed"),
        ["a volume could not be acquired"] = ("one life after another", w => w.State is CleanedUp { Cause: Cause.StartFailed } && w.Processes.IsEmpty, "start-failed"),
    };

    public static TheoryData<string> Names => [.. Goals.Keys];

    [Theory, MemberData(nameof(Names))]
    public async Task A_trace_is_a_scenario_that_leads_to_the_same_place(string name)
    {
        var (exploration, holds, journaled) = Goals[name];
        var bounds = Suite.Quick.Single(b => b.Name == exploration);
        var found = new Explorer<World>(new Goal(bounds, holds), threads: 1).Run().Counterexample;
        Assert.NotNull(found);
        var text = ScenarioText.Of(bounds, found);

        var scenario = ScenarioReader.Read("trace.scenario", text);
        var stage = new SimulatedStage(1, scenario);
        var log = await Player.PlayAsync(scenario, stage);

        Assert.Empty(stage.End());
        Assert.True(log.Contains(journaled, StringComparison.Ordinal), $"{found}\n\n{text}\n{log}");
    }

    /// <summary>The production rules; a place that is looked for is shown as if it were a violation.</summary>
    private sealed class Goal(Bounds bounds, Func<World, bool> holds) : IModel<World>
    {
        private readonly VmModel _model = new(bounds);

        public IEnumerable<World> Initial => _model.Initial;

        public void Expand(World world, Successors<World> next) => _model.Expand(world, next);

        public void Encode(World world, ByteSink code) => _model.Encode(world, code);

        public Violation? Judge(World world) => holds(world) ? new Violation("a place", "it was reached") : null;

        public bool IsClosed(World world) => false;

        public Violation? JudgeEnd(World world) => null;

        public string Describe(World world) => _model.Describe(world);
    }
}
