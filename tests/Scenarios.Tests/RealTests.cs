using VmSupervisor.Contracts.Text;
using VmSupervisor.EndToEnd.Tests.Support;
using VmSupervisor.Scenarios.Tests.Playing;
using VmSupervisor.Scenarios.Tests.Real;
using VmSupervisor.Scenarios.Tests.Text;

namespace VmSupervisor.Scenarios.Tests;

/// <summary>The scenarios marked <c>real</c> on real QEMU, against the same expectations.</summary>
[Trait("Category", "Qemu")]
[Collection(OneAtATime.Name)]
public sealed class RealTests
{
    public static TheoryData<string> Names => [.. ScenarioFiles.Names.Where(n => ScenarioFiles.Read(n).IsReal)];

    [Theory(Timeout = Limits.Test), MemberData(nameof(Names))]
    public Task A_scenario_comes_to_the_same_on_real_QEMU(string name)
    {
        var scenario = ScenarioFiles.Read(name);
        string[] settings = [.. scenario.Settings.Select(s => $"vmsup.{s.Key}={Duration.Format(s.Value)}")];
        return Node.OfItsOwnAsync(
            async node =>
            {
                var stage = new RealStage(node, settings);
                Judge.Outcome(scenario, await Player.PlayAsync(scenario, stage), "on real QEMU");
                stage.End();
            },
            [.. settings, RealStage.BootId(1)]);
    }
}

/// <summary>A daemon, its guests and the machine to itself.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OneAtATime
{
    public const string Name = "real QEMU";
}
