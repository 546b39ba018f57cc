using VmSupervisor.Simulation.Counting;
using VmSupervisor.Simulation.Plans;
using VmSupervisor.TestKit;

namespace VmSupervisor.Simulation.Playing;

/// <summary>One run of a plan, from an empty host to an empty host.</summary>
internal static class Run
{
    /// <param name="plan">What happens.</param>
    /// <param name="subject">To what.</param>
    /// <param name="tally">What was met is counted here.</param>
    /// <param name="traced">Whether a fingerprint is wanted.</param>
    /// <param name="tell">Told what happens, line by line, if anybody wants to know.</param>
    public static RunOutcome Of(Plan plan, Subject subject, Tally tally, bool traced = false, Action<string>? tell = null)
    {
        var log = new FailureLog();
        var node = new SimulatedNode(plan.Schedule, subject.Journal, log, onDisk: true, world: subject.World, decided: tally.Decided);
        subject.Host?.Invoke(node);
        node.Disk!.OnFault = tally.Store;
        var trace = traced ? new Trace(node) : null;
        var story = tell is null ? null : new Story(node, tell);
        Exception? fault = null;
        try
        {
            var player = new Player(node, tally);
            foreach (var (place, act) in plan.Acts)
            {
                story?.Tell($"{place}: {act.Deed}");
                player.Play(act);
            }

            story?.Tell("all faults are over");
            player.Heal();
            new LastOrders(node).Carry();
        }
        catch (Exception e)
        {
            fault = e;
        }

        tally.Ended(node);
        return new RunOutcome(node.Invariants.Found, fault ?? log.First, node.Dispatcher.Steps, trace?.AtEnd() ?? 0);
    }
}
