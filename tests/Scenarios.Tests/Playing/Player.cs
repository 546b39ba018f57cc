using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Scenarios.Tests.Text;

namespace VmSupervisor.Scenarios.Tests.Playing;

/// <summary>Plays a scenario line by line, and tells what came of it.</summary>
internal static class Player
{
    /// <returns>The log, as it stands below <c>expect</c>.</returns>
    /// <exception cref="ScenarioException">A line could not be carried out, with its place.</exception>
    public static async Task<string> PlayAsync(Scenario scenario, IStage stage)
    {
        foreach (var line in scenario.Lines)
        {
            try
            {
                if (line.Moment is { } moment)
                    await stage.WaitAsync(moment);
                if (line.Act is { } act)
                    await stage.ActAsync(act);
            }
            catch (Exception e) when (e is TimeoutException or InvalidOperationException)
            {
                throw new ScenarioException(Path.GetFileName(scenario.Path), line.Number, $"'{line.Text}': {e.Message}\n{await TellAsync(scenario, stage)}");
            }
        }

        await stage.SettleAsync();
        return await TellAsync(scenario, stage);
    }

    private static async Task<string> TellAsync(Scenario scenario, IStage stage)
    {
        VmId[] vms = [.. scenario.Lines.Select(l => l.Act).OfType<Act.Define>().Select(d => d.Vm).Distinct().Order()];
        var makesFiles = scenario.Lines.Any(l => l.Act is Act.Command { Wish: VmCommand.Backup or VmCommand.SuspendToDisk });
        return stage.Plain(RunLog.Of(vms, await stage.LookAsync(vms), await stage.AnswersAsync(), await stage.LeftAsync(vms), makesFiles));
    }
}
